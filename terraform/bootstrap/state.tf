module "key" {
  source = "../modules/key"

  name        = "${local.name}/state"
  description = "Terraform's state of ${local.name}"
}

resource "aws_s3_bucket" "state" {
  #checkov:skip=CKV_AWS_18:Who reads the state is recorded by CloudTrail's data events
  #checkov:skip=CKV_AWS_144:The state can be made again by import; old versions of it are kept here
  #checkov:skip=CKV2_AWS_62:Nobody waits for an object of it
  bucket = local.environment.state_bucket

  lifecycle {
    prevent_destroy = true
  }
}

module "state_privacy" {
  source = "../modules/private-bucket"

  bucket  = aws_s3_bucket.state
  key_arn = module.key.arn
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "old-states"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days           = 365
      newer_noncurrent_versions = 50
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 2
    }
  }

  # A plan that nobody applied in a week is about a world that has changed.
  rule {
    id     = "plans"
    status = "Enabled"

    filter {
      prefix = "plans/"
    }

    expiration {
      days = 7
    }
  }

  depends_on = [module.state_privacy]
}
