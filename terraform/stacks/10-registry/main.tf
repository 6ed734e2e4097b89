terraform {
  required_version = ">= 1.11.0"

  # Bucket, region and key: ../backend.hcl.
  backend "s3" {
    key          = "10-registry.tfstate"
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

locals {
  environment = yamldecode(file("${path.module}/../environment.yaml"))
  name        = local.environment.name
}

provider "aws" {
  region              = local.environment.region
  allowed_account_ids = [local.environment.account]

  default_tags {
    tags = { app = "pitboss", environment = local.environment.environment, stack = "10-registry" }
  }
}

module "registry" {
  source = "../../../modules/registry"

  repositories  = local.environment.repositories
  pull_accounts = local.environment.pull_accounts
}
