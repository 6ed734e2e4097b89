locals {
  auto_policies = ["AmazonEKSComputePolicy", "AmazonEKSBlockStoragePolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy"]
}

resource "aws_iam_role" "cluster" {
  name                 = "${var.name}-cluster"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
    }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  for_each = toset(concat(["AmazonEKSClusterPolicy"], var.auto_mode ? local.auto_policies : []))

  role       = aws_iam_role.cluster.name
  policy_arn = "${local.policies}/${each.key}"
}

locals {
  ec2_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# What a node itself needs: join, pull images, and a session of SSM in place of SSH. The CNI has a role of its own.
resource "aws_iam_role" "node" {
  name                 = "${var.name}-node"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.ec2_trust
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"])

  role       = aws_iam_role.node.name
  policy_arn = "${local.policies}/${each.key}"
}

resource "aws_iam_role" "auto" {
  count = var.auto_mode ? 1 : 0

  name                 = "${var.name}-auto-node"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = local.ec2_trust
}

resource "aws_iam_role_policy_attachment" "auto" {
  for_each = var.auto_mode ? toset(["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"]) : []

  role       = aws_iam_role.auto[0].name
  policy_arn = "${local.policies}/${each.key}"
}
