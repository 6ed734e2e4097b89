# GitHub's jobs act here by short-lived tokens that say which repository, and which environment or branch, they run for.
# No access key exists. The roles have a path of their own, so that what terraform applies cannot change them.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  policies  = "arn:${local.partition}:iam::aws:policy"
  issuer    = "token.actions.githubusercontent.com"

  # Whole subjects, compared for equality.
  subjects = {
    plan  = ["repo:${var.repository}:environment:${var.environment}-plan"]
    apply = ["repo:${var.repository}:environment:${var.environment}"]
    push  = [for branch in var.push_branches : "repo:${var.repository}:ref:refs/heads/${branch}"]
  }

  roles = toset(concat(["plan", "apply"], length(var.push_repositories) > 0 ? ["push"] : []))
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${var.name}-${each.key}"
  path                 = "/github/"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = local.subjects[each.key]
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name   = "work"
  role   = aws_iam_role.this[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements[each.key] })
}

# Reading is wide, since a plan refreshes whatever the stacks hold; what is secret is denied in plan.tf. Writing is wide
# in services and closed in IAM: see apply.tf.
resource "aws_iam_role_policy_attachment" "this" {
  for_each = { plan = "ReadOnlyAccess", apply = "PowerUserAccess" }

  role       = aws_iam_role.this[each.key].name
  policy_arn = "${local.policies}/${each.value}"
}

locals {
  statements = { plan = local.plan_statements, apply = local.apply_statements, push = local.push_statements }
}
