terraform {
  required_version = ">= 1.11.0"

  # Bucket, region and key: ../backend.hcl.
  backend "s3" {
    key          = "30-database.tfstate"
    use_lockfile = true
    encrypt      = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.28"
    }
    http = {
      source  = "hashicorp/http"
      version = "~> 3.4"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }
}

locals {
  environment = yamldecode(file("${path.module}/../environment.yaml"))
  name        = local.environment.name
  boundary    = "arn:aws:iam::${local.environment.account}:policy/github/${local.name}-boundary"
  network     = data.terraform_remote_state.network.outputs
  cluster     = data.terraform_remote_state.cluster.outputs
  hybrid      = local.environment.cluster.hybrid_nodes
}

provider "aws" {
  region              = local.environment.region
  allowed_account_ids = [local.environment.account]

  default_tags {
    tags = { app = "pitboss", environment = local.environment.environment, stack = "30-database" }
  }
}

data "terraform_remote_state" "network" {
  backend = "s3"

  config = {
    bucket = local.environment.state_bucket
    key    = "10-network.tfstate"
    region = local.environment.region
  }
}

data "terraform_remote_state" "cluster" {
  backend = "s3"

  config = {
    bucket = local.environment.state_bucket
    key    = "20-cluster.tfstate"
    region = local.environment.region
  }
}

module "database" {
  source = "../../../modules/database"

  name                  = local.name
  vpc_id                = local.network.vpc_id
  subnet_ids            = local.network.database_subnet_ids
  instance_class        = local.environment.database.instance_class
  storage               = local.environment.database.storage
  multi_az              = local.environment.database.multi_az
  backup_retention_days = local.environment.database.backup_retention_days
  backup_region         = local.environment.database.backup_region
  insights_mode         = local.environment.database.insights_mode
  max_connections       = local.environment.database.max_connections
  password_version      = local.environment.database.password_version
  snapshot              = local.environment.database.snapshot
  alarm_emails          = local.environment.alarm_emails
  protected             = local.environment.protected
  permissions_boundary  = local.boundary

  clients = {
    security_groups = { cluster = local.cluster.security_group_id }
    # The chain agents run on the bare metal and keep their state here.
    cidrs = local.hybrid == null ? [] : local.hybrid.pod_cidrs
  }
}
