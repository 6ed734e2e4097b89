# What belongs to Kubernetes itself, through EKS' own API. Everything else in the cluster is Argo CD's.

locals {
  # Auto Mode brings these itself; beside node groups they are needed all the same.
  nodes = length(var.node_groups) > 0

  # Network policies are what keeps games apart; prefixes, so that a node's pods are not bound by its addresses.
  cni = jsonencode({
    enableNetworkPolicy = "true"
    env                 = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" }
  })

  # An add-on and its configuration.
  before_nodes = { for name, configuration in {
    eks-pod-identity-agent = null
    kube-proxy             = null
    vpc-cni                = local.cni
  } : name => configuration if local.nodes }

  # The games' autoscalers read the first.
  after_nodes = concat(["metrics-server"], local.nodes ? ["coredns", "aws-ebs-csi-driver", "eks-node-monitoring-agent"] : [])

  addon_roles = {
    vpc-cni            = { account = "aws-node", policy = "AmazonEKS_CNI_Policy" }
    aws-ebs-csi-driver = { account = "ebs-csi-controller-sa", policy = "service-role/AmazonEBSCSIDriverPolicy" }
  }
}

module "addon_role" {
  source   = "../pod-role"
  for_each = local.nodes ? local.addon_roles : {}

  name                 = "${var.name}-${each.key}"
  cluster_name         = var.name
  namespace            = "kube-system"
  service_account      = each.value.account
  managed_policies     = [each.value.policy]
  associate            = false
  permissions_boundary = var.permissions_boundary
}

resource "aws_eks_addon" "before_nodes" {
  for_each = local.before_nodes

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, null)
  configuration_values        = each.value
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  dynamic "pod_identity_association" {
    for_each = each.key == "vpc-cni" ? ["aws-node"] : []

    content {
      service_account = pod_identity_association.value
      role_arn        = module.addon_role["vpc-cni"].arn
    }
  }
}

resource "aws_eks_addon" "after_nodes" {
  for_each = toset(local.after_nodes)

  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = lookup(var.addon_versions, each.key, null)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  dynamic "pod_identity_association" {
    for_each = each.key == "aws-ebs-csi-driver" ? ["ebs-csi-controller-sa"] : []

    content {
      service_account = pod_identity_association.value
      role_arn        = module.addon_role["aws-ebs-csi-driver"].arn
    }
  }

  # They stay Degraded until there is a node to run on.
  depends_on = [aws_eks_node_group.this]
}
