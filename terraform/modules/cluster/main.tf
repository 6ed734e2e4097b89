data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  policies = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
}

module "key" {
  source = "../key"

  name        = "${var.name}/cluster"
  description = "Secrets of the cluster ${var.name} in etcd, and its logs"
  log_groups  = ["/aws/eks/${var.name}/"]
}

# Made before the cluster, which would make it without a key and without an end.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/eks/${var.name}/cluster"
  retention_in_days = var.log_retention_days
  kms_key_id        = module.key.arn
}

resource "aws_eks_cluster" "this" {
  name     = var.name
  version  = var.kubernetes_version
  role_arn = aws_iam_role.cluster.arn

  enabled_cluster_log_types     = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  deletion_protection           = var.protected
  bootstrap_self_managed_addons = false

  access_config {
    authentication_mode = "API"
    # Whoever runs terraform is no administrator by that: see access.tf.
    bootstrap_cluster_creator_admin_permissions = false
  }

  vpc_config {
    subnet_ids              = var.control_subnet_ids
    security_group_ids      = [for group in aws_security_group.hybrid : group.id]
    endpoint_private_access = true
    endpoint_public_access  = length(var.api_cidrs) > 0
    public_access_cidrs     = length(var.api_cidrs) > 0 ? var.api_cidrs : null
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = module.key.arn
    }
  }

  kubernetes_network_config {
    ip_family         = "ipv4"
    service_ipv4_cidr = "172.20.0.0/16"

    elastic_load_balancing {
      enabled = var.auto_mode
    }
  }

  # Always written, since EKS takes the end of Auto Mode only as an explicit false.
  compute_config {
    enabled       = var.auto_mode
    node_pools    = var.auto_mode ? ["general-purpose", "system"] : null
    node_role_arn = var.auto_mode ? aws_iam_role.auto[0].arn : null
  }

  storage_config {
    block_storage {
      enabled = var.auto_mode
    }
  }

  dynamic "remote_network_config" {
    for_each = var.hybrid_nodes[*]

    content {
      remote_node_networks {
        cidrs = remote_network_config.value.node_cidrs
      }
      remote_pod_networks {
        cidrs = remote_network_config.value.pod_cidrs
      }
    }
  }

  # At the end of standard support EKS upgrades by itself; extended support costs six times as much.
  upgrade_policy {
    support_type = "STANDARD"
  }

  zonal_shift_config {
    enabled = true
  }

  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy_attachment.cluster,
  ]

  lifecycle {
    precondition {
      condition     = var.auto_mode || length(var.node_groups) > 0
      error_message = "A cluster needs node_groups or auto_mode: Fargate alone runs no DaemonSet."
    }
  }
}
