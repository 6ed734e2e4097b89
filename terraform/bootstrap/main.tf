# Once for each account, by an administrator: where terraform keeps its state, and the roles of GitHub's jobs. Its own
# state is moved into that bucket afterwards (docs/terraform.md).

terraform {
  required_version = ">= 1.11.0"

  backend "s3" {
    key          = "00-bootstrap.tfstate"
    use_lockfile = true
    encrypt      = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.28"
    }
  }
}

variable "environment" {
  description = "dev, staging, production, or shared (the account of the registry)."
  type        = string

  validation {
    condition     = contains(["shared", "dev", "staging", "production"], var.environment)
    error_message = "shared, dev, staging or production."
  }
}

locals {
  environment = yamldecode(file("${path.module}/../environments/${var.environment}/environment.yaml"))
  name        = local.environment.name
  # Only the registry's account is pushed to.
  repositories = [
    for name in try(local.environment.repositories, []) :
    "arn:aws:ecr:${local.environment.region}:${local.environment.account}:repository/${name}"
  ]
}

provider "aws" {
  region              = local.environment.region
  allowed_account_ids = [local.environment.account]

  default_tags {
    tags = { app = "pitboss", environment = var.environment, stack = "00-bootstrap" }
  }
}

module "identity" {
  source = "../modules/identity"

  name              = local.name
  repository        = local.environment.repository
  environment       = var.environment
  state_bucket_arn  = aws_s3_bucket.state.arn
  state_key_arn     = module.key.arn
  push_repositories = local.repositories
}

output "role_arns" {
  description = "For the variables of GitHub's environments."
  value       = module.identity.role_arns
}

output "state_bucket" {
  description = "What backend.hcl names."
  value       = aws_s3_bucket.state.bucket
}
