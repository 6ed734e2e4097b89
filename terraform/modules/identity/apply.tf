# What terraform applies may make roles for the platform, but none that could do more than the boundary lets it, and
# none of those that GitHub's jobs themselves take.

locals {
  platform_roles = "arn:${local.partition}:iam::${local.account}:role/${var.name}-*"
  boundary       = "arn:${local.partition}:iam::${local.account}:policy/github/${var.name}-boundary"

  apply_statements = [
    {
      Sid      = "LookAtRoles"
      Effect   = "Allow"
      Action   = ["iam:Get*", "iam:List*"]
      Resource = "*"
    },
    {
      Sid    = "GrantWithinTheBoundary"
      Effect = "Allow"
      Action = [
        "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:AttachRolePolicy", "iam:DetachRolePolicy",
        "iam:PutRolePolicy", "iam:DeleteRolePolicy",
      ]
      Resource  = local.platform_roles
      Condition = { StringEquals = { "iam:PermissionsBoundary" = local.boundary } }
    },
    {
      Sid      = "KeepPlatformRoles"
      Effect   = "Allow"
      Action   = ["iam:DeleteRole", "iam:UpdateRole", "iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:UntagRole"]
      Resource = local.platform_roles
    },
    {
      Sid      = "PassPlatformRoles"
      Effect   = "Allow"
      Action   = "iam:PassRole"
      Resource = local.platform_roles
      Condition = {
        StringEquals = {
          "iam:PassedToService" = [
            "eks.amazonaws.com", "ec2.amazonaws.com", "eks-fargate-pods.amazonaws.com", "pods.eks.amazonaws.com",
            "vpc-flow-logs.amazonaws.com", "monitoring.rds.amazonaws.com", "capabilities.eks.amazonaws.com", "ssm.amazonaws.com", "rolesanywhere.amazonaws.com",
          ]
        }
      }
    },
    {
      Sid      = "TheStateStays"
      Effect   = "Deny"
      Action   = ["s3:DeleteBucket*", "s3:PutBucketVersioning", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration", "s3:DeleteObjectVersion"]
      Resource = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
    },
    {
      Sid      = "TheStatesKeyStays"
      Effect   = "Deny"
      Action   = ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy"]
      Resource = var.state_key_arn
    },
  ]

  # The most that any role of the platform can do, whatever its own policies say.
  boundary_statements = [
    {
      Sid      = "AsTheirPoliciesSay"
      Effect   = "Allow"
      Action   = "*"
      Resource = "*"
    },
    {
      Sid    = "NoIdentities"
      Effect = "Deny"
      Action = [
        "iam:Create*Role", "iam:CreateUser", "iam:CreateLoginProfile", "iam:CreateAccessKey", "iam:CreatePolicy*", "iam:CreateOpenIDConnectProvider",
        "iam:Put*", "iam:Attach*", "iam:Update*", "iam:Detach*", "iam:DeleteRole*", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion",
        "organizations:*", "account:*",
      ]
      Resource = "*"
    },
    {
      Sid      = "NoState"
      Effect   = "Deny"
      Action   = "s3:*"
      Resource = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
    },
  ]
}

resource "aws_iam_policy" "boundary" {
  name   = "${var.name}-boundary"
  path   = "/github/"
  policy = jsonencode({ Version = "2012-10-17", Statement = local.boundary_statements })
}
