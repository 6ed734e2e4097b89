# All that terraform puts into the cluster: Argo CD, and the one Application that brings everything else from git.

locals {
  self = var.argocd.mode == "self"
  root = var.argocd.root
}

resource "helm_release" "argocd" {
  count = local.self ? 1 : 0

  name             = "argocd"
  namespace        = "argocd"
  create_namespace = true
  repository       = "https://argoproj.github.io/argo-helm"
  chart            = "argo-cd"
  version          = var.argocd.chart_version
  values           = var.argocd.values
  atomic           = true
  wait             = true
  timeout          = 900
}

# EKS' own, outside of the cluster's nodes.
resource "aws_eks_capability" "argocd" {
  count = local.self ? 0 : 1

  cluster_name              = var.cluster_name
  capability_name           = "argocd"
  type                      = "ARGOCD"
  role_arn                  = aws_iam_role.argocd[0].arn
  delete_propagation_policy = "RETAIN"

  configuration {
    argo_cd {
      namespace = "argocd"

      aws_idc {
        idc_instance_arn = var.argocd.identity_center_arn
      }
    }
  }
}

resource "aws_iam_role" "argocd" {
  count = local.self ? 0 : 1

  name                 = "${var.name}-argocd"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "capabilities.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
    }]
  })
}

# A release of its own: the first one's definitions must be there before an Application can be. A destroy takes it away
# first and waits until Argo CD, by the finalizer, has removed what came from git.
resource "helm_release" "root" {
  name       = "argocd-root"
  namespace  = "argocd"
  repository = "https://argoproj.github.io/argo-helm"
  chart      = "argocd-apps"
  version    = var.argocd.apps_chart_version
  wait       = true
  timeout    = 1800

  values = [yamlencode({
    applications = {
      (local.root.metadata.name) = merge(local.root.spec, {
        namespace  = "argocd"
        finalizers = ["resources-finalizer.argocd.argoproj.io"]
      })
    }
  })]

  depends_on = [helm_release.argocd, aws_eks_capability.argocd]
}
