terraform {
  required_version = ">= 1.11.0"

  # Bucket, region and key: ../backend.hcl.
  backend "s3" {
    key          = "40-platform.tfstate"
    use_lockfile = true
    encrypt      = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.28"
    }
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.14"
    }
    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.1"
    }
  }
}

locals {
  environment = yamldecode(file("${path.module}/../environment.yaml"))
  name        = local.environment.name
  boundary    = "arn:aws:iam::${local.environment.account}:policy/github/${local.name}-boundary"
  network     = data.terraform_remote_state.network.outputs
  cluster     = data.terraform_remote_state.cluster.outputs
  edge        = local.environment.edge
  argocd      = "${path.module}/../../../../manifests/argocd"
}

provider "aws" {
  region              = local.environment.region
  allowed_account_ids = [local.environment.account]

  default_tags {
    tags = { app = "pitboss", environment = local.environment.environment, stack = "40-platform" }
  }
}

# Its token: CLOUDFLARE_API_TOKEN.
provider "cloudflare" {}

provider "helm" {
  kubernetes = {
    host                   = local.cluster.endpoint
    cluster_ca_certificate = base64decode(local.cluster.certificate_authority)

    # A token for these minutes, of the role that runs terraform.
    exec = {
      api_version = "client.authentication.k8s.io/v1beta1"
      command     = "aws"
      args        = ["eks", "get-token", "--cluster-name", local.cluster.name, "--region", local.environment.region]
    }
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

variable "origin_pull" {
  description = "The client certificate and key (PEM) that Cloudflare shows the load balancer: TF_VAR_origin_pull. Not with a tunnel."
  type        = object({ certificate = string, private_key = string })
  default     = null
  sensitive   = true
}

module "edge" {
  source = "../../../modules/edge"

  name                    = local.name
  zone_id                 = local.edge.zone_id
  account_id              = local.edge.account_id
  hostname                = local.edge.hostname
  countries               = local.edge.countries
  requests_per_10_seconds = local.edge.requests_per_10_seconds
  tunnel                  = local.edge.tunnel
  origin_pull             = var.origin_pull

  load_balancer = local.edge.tunnel != null ? null : {
    vpc_id                 = local.network.vpc_id
    subnet_ids             = local.network.public_subnet_ids
    pods_security_group_id = local.cluster.security_group_id
    protected              = local.environment.protected
  }
}

module "platform" {
  source = "../../../modules/platform"

  name                 = local.name
  cluster_name         = local.cluster.name
  permissions_boundary = local.boundary
  target_groups        = local.edge.tunnel == null ? { edge = module.edge.target_group_arn } : {}
  log_bucket           = local.environment.log_bucket
  monthly_budget       = local.environment.costs.monthly_budget
  cost_emails          = local.environment.costs.emails
  anomaly_monitor_arn  = local.environment.costs.anomaly_monitor_arn

  argocd = {
    mode                = local.environment.argocd.mode
    identity_center_arn = local.environment.argocd.identity_center_arn
    values              = [file("${local.argocd}/generated/values.yaml")]
    root                = yamldecode(file("${local.argocd}/root/${local.environment.environment}.yaml"))
  }
}
