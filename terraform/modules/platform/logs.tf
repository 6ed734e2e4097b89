# Where Loki keeps logs. Money and proofs are in the database; losing this loses how, not what.

module "logs_key" {
  source = "../key"

  name        = "${var.name}/logs"
  description = "Logs of ${var.name}"
}

resource "aws_s3_bucket" "logs" {
  #checkov:skip=CKV_AWS_18:Access to logs is recorded by CloudTrail; a bucket of logs of the logs helps nobody
  #checkov:skip=CKV_AWS_144:Logs are not copied to a second region: what must survive one is in the database
  #checkov:skip=CKV2_AWS_62:Nobody waits for an object of Loki
  #checkov:skip=CKV2_AWS_6:logs_privacy below blocks it and has tests; the check does not follow a module in a module
  #checkov:skip=CKV_AWS_21:logs_privacy below keeps versions and has tests; the check does not follow a module in a module
  #checkov:skip=CKV_AWS_145:logs_privacy below encrypts it and has tests; the check does not follow a module in a module
  bucket = var.log_bucket
}

module "logs_privacy" {
  source = "../private-bucket"

  bucket  = aws_s3_bucket.logs
  key_arn = module.logs_key.arn
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    id     = "age"
    status = "Enabled"

    filter {}

    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    expiration {
      days = var.log_retention_days
    }
    # What Loki deletes or replaces can be had back for a week.
    noncurrent_version_expiration {
      noncurrent_days = 7
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 2
    }
  }

  depends_on = [module.logs_privacy]
}
