# EKS Hybrid Nodes: machines in a data centre as nodes of this cluster. The machines' side is in docs/bare-metal.md.

locals {
  hybrid          = var.hybrid_nodes == null ? 0 : 1
  roles_anywhere  = try(var.hybrid_nodes.ca, null) == null ? 0 : 1
  managed_machine = "arn:${data.aws_partition.current.partition}:ssm:*:${data.aws_caller_identity.current.account_id}:managed-instance/*"

  ssm_trust = {
    Effect    = "Allow"
    Principal = { Service = "ssm.amazonaws.com" }
    Action    = ["sts:AssumeRole", "sts:TagSession"]
    Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
  }

  # A machine is who its certificate says, and only certificates of our CA count.
  anywhere_trust = {
    Effect    = "Allow"
    Principal = { Service = "rolesanywhere.amazonaws.com" }
    Action    = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    Condition = {
      StringEquals = { "sts:RoleSessionName" = "$${aws:PrincipalTag/x509Subject/CN}" }
      ArnEquals    = { "aws:SourceArn" = one(aws_rolesanywhere_trust_anchor.hybrid[*].arn) }
    }
  }

  hybrid_statements = concat(
    [{ Effect = "Allow", Action = "eks:DescribeCluster", Resource = aws_eks_cluster.this.arn }],
    local.roles_anywhere == 1 ? [] : [
      {
        Effect    = "Allow"
        Action    = "ssm:DeregisterManagedInstance"
        Resource  = local.managed_machine
        Condition = { ArnLike = { "ssm:SourceInstanceARN" = local.managed_machine } }
      },
      {
        Effect    = "Allow"
        Action    = "ssm:DescribeInstanceInformation"
        Resource  = "*"
        Condition = { ArnLike = { "ssm:SourceInstanceARN" = local.managed_machine } }
      },
    ],
  )
}

resource "aws_iam_role" "hybrid" {
  count = local.hybrid

  name                 = "${var.name}-hybrid-node"
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.roles_anywhere == 1 ? [local.anywhere_trust] : [local.ssm_trust]
  })
}

resource "aws_iam_role_policy" "hybrid" {
  count = local.hybrid

  name   = "join"
  role   = aws_iam_role.hybrid[0].id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.hybrid_statements })
}

resource "aws_iam_role_policy_attachment" "hybrid" {
  for_each = local.hybrid == 0 ? [] : toset(concat(["AmazonEC2ContainerRegistryPullOnly"], local.roles_anywhere == 1 ? [] : ["AmazonSSMManagedInstanceCore"]))

  role       = aws_iam_role.hybrid[0].name
  policy_arn = "${local.policies}/${each.key}"
}

resource "aws_rolesanywhere_trust_anchor" "hybrid" {
  count = local.roles_anywhere

  name    = "${var.name}-bare-metal"
  enabled = true

  source {
    source_type = "CERTIFICATE_BUNDLE"

    source_data {
      x509_certificate_data = var.hybrid_nodes.ca
    }
  }
}

resource "aws_rolesanywhere_profile" "hybrid" {
  count = local.roles_anywhere

  name      = "${var.name}-bare-metal"
  enabled   = true
  role_arns = [aws_iam_role.hybrid[0].arn]
  # The session is named after the certificate, which the role's trust compares.
  accept_role_session_name = true
}

resource "aws_eks_access_entry" "hybrid" {
  count = local.hybrid

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_iam_role.hybrid[0].arn
  type          = "HYBRID_LINUX"
}

resource "aws_security_group" "hybrid" {
  count = local.hybrid

  name        = "${var.name}-hybrid"
  description = "The API server, from the bare metal"
  vpc_id      = data.aws_subnet.control[0].vpc_id

  tags = { Name = "${var.name}-hybrid" }
}

data "aws_subnet" "control" {
  count = local.hybrid

  id = var.control_subnet_ids[0]
}

resource "aws_vpc_security_group_ingress_rule" "hybrid" {
  for_each = toset(try(concat(var.hybrid_nodes.node_cidrs, var.hybrid_nodes.pod_cidrs), []))

  security_group_id = aws_security_group.hybrid[0].id
  description       = "API server from the bare metal"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Kubelets, for logs and exec; webhooks in pods of the bare metal are on ports of their own.
resource "aws_vpc_security_group_egress_rule" "hybrid" {
  for_each = {
    for pair in setproduct(try(concat(var.hybrid_nodes.node_cidrs, var.hybrid_nodes.pod_cidrs), []), ["443", "8443", "9443", "10250"]) : join(" ", pair) => pair
  }

  security_group_id = aws_security_group.hybrid[0].id
  description       = "Kubelets and webhooks on the bare metal"
  cidr_ipv4         = each.value[0]
  ip_protocol       = "tcp"
  from_port         = tonumber(each.value[1])
  to_port           = tonumber(each.value[1])
}
