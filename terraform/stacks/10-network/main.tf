terraform {
  required_version = ">= 1.11.0"

  # Bucket, region and key: ../backend.hcl.
  backend "s3" {
    key          = "10-network.tfstate"
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
  boundary    = "arn:aws:iam::${local.environment.account}:policy/github/${local.name}-boundary"
}

provider "aws" {
  region              = local.environment.region
  allowed_account_ids = [local.environment.account]

  default_tags {
    tags = { app = "pitboss", environment = local.environment.environment, stack = "10-network" }
  }
}

module "network" {
  source = "../../../modules/network"

  name                 = local.name
  cidr                 = local.environment.network.cidr
  zones                = local.environment.network.zones
  nat_per_zone         = local.environment.network.nat_per_zone
  interface_endpoints  = local.environment.network.interface_endpoints
  remote               = local.environment.network.remote
  permissions_boundary = local.boundary
}
