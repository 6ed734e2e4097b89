# A plan reads the state and leaves itself beside it. It runs before anybody approved anything, so it must not see what
# players or secrets are.

locals {
  plans = "${var.state_bucket_arn}/plans/*"

  plan_statements = [
    {
      Sid      = "State"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:ListBucket"]
      Resource = [var.state_bucket_arn, "${var.state_bucket_arn}/*"]
    },
    {
      Sid      = "Plans"
      Effect   = "Allow"
      Action   = "s3:PutObject"
      Resource = local.plans
    },
    {
      Sid      = "StateKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = var.state_key_arn
    },
    {
      Sid    = "NothingSecret"
      Effect = "Deny"
      Action = [
        "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "rds-db:connect",
        "logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery", "ssm:GetParameter*",
      ]
      Resource = "*"
    },
    {
      Sid         = "NoOtherObjects"
      Effect      = "Deny"
      Action      = ["s3:GetObject", "s3:GetObjectVersion"]
      NotResource = "${var.state_bucket_arn}/*"
    },
  ]
}
