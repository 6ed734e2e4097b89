# A key of our own for each kind of data: it is rotated, its use is in CloudTrail, and closing it closes the data.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  region    = coalesce(var.region, data.aws_region.current.region)
  logs      = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:"

  # With this the account's IAM policies decide, as AWS makes every key.
  account_statement = {
    Sid       = "Account"
    Effect    = "Allow"
    Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
    Action    = "kms:*"
    Resource  = "*"
  }

  logs_statement = {
    Sid       = "Logs"
    Effect    = "Allow"
    Principal = { Service = "logs.${local.region}.amazonaws.com" }
    Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    Resource  = "*"
    Condition = {
      ArnLike = { "kms:EncryptionContext:aws:logs:arn" = [for prefix in var.log_groups : "${local.logs}${prefix}*"] }
    }
  }

  services_statement = {
    Sid       = "Services"
    Effect    = "Allow"
    Principal = { Service = var.services }
    Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
    Resource  = "*"
    Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
  }
}

resource "aws_kms_key" "this" {
  #checkov:skip=CKV2_AWS_64:The policy is below, put together from statements, which the check does not evaluate; tests/key.tftest.hcl does
  region                  = var.region
  description             = var.description
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [local.account_statement],
      length(var.log_groups) > 0 ? [local.logs_statement] : [],
      length(var.services) > 0 ? [local.services_statement] : [],
    )
  })
}

resource "aws_kms_alias" "this" {
  region        = var.region
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}
