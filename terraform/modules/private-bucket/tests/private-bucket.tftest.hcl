mock_provider "aws" {
  source = "../../mocks/aws"
}

variables {
  bucket  = { id = "pitboss-test", arn = "arn:aws:s3:::pitboss-test" }
  key_arn = "arn:aws:kms:eu-central-1:123456789012:key/test"
}

run "a_bucket_is_private_encrypted_and_versioned" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls, aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls, aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "not public"
  }
  assert {
    condition     = one(aws_s3_bucket_ownership_controls.this.rule).object_ownership == "BucketOwnerEnforced"
    error_message = "no ACLs"
  }
  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "what was written wrong can be undone"
  }
  assert {
    condition     = output.key_arn == var.key_arn && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "our key"
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Effect == "Deny" && jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "only by TLS"
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0].Resource == ["arn:aws:s3:::pitboss-test", "arn:aws:s3:::pitboss-test/*"]
    error_message = "the bucket and all in it"
  }
}

run "keys_are_checked" {
  command         = plan
  expect_failures = [var.key_arn]

  variables {
    key_arn = "alias/aws/s3"
  }
}
