terraform {
  required_version = ">= 1.11.0"

  # Bucket, region and key: ../backend.hcl.
  backend "s3" {
    key          = "20-cluster.tfstate"
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
  network     = data.terraform_remote_state.network.outputs
}

provider "aws" {
  region              = local.environment.region
  allowed_account_ids = [local.environment.account]

  default_tags {
    tags = { app = "pitboss", environment = local.environment.environment, stack = "20-cluster" }
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

module "cluster" {
  source = "../../../modules/cluster"

  name                 = local.name
  kubernetes_version   = local.environment.cluster.kubernetes_version
  control_subnet_ids   = local.network.control_subnet_ids
  node_subnet_ids      = local.network.private_subnet_ids
  api_cidrs            = local.environment.cluster.api_cidrs
  node_groups          = local.environment.cluster.node_groups
  auto_mode            = local.environment.cluster.auto_mode
  fargate_profiles     = local.environment.cluster.fargate_profiles
  hybrid_nodes         = local.environment.cluster.hybrid_nodes
  addon_versions       = local.environment.cluster.addon_versions
  protected            = local.environment.protected
  permissions_boundary = local.boundary

  access = merge(
    {
      # Argo CD's chart makes roles of the cluster.
      apply = { role_arn = "arn:aws:iam::${local.environment.account}:role/github/${local.name}-apply", policy = "AmazonEKSClusterAdminPolicy" }
      # Where Helm keeps what it installed; no other Secret is a plan's business.
      plan = { role_arn = "arn:aws:iam::${local.environment.account}:role/github/${local.name}-plan", policy = "AmazonEKSAdminViewPolicy", namespaces = ["argocd"] }
    },
    local.environment.cluster.access,
  )
}
