mock_provider "aws" {
  source = "../mocks/aws"
}

run "the_state_is_private_encrypted_and_versioned" {
  command = plan

  variables {
    environment = "production"
  }
  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "a wrong state can be undone"
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls, aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls, aws_s3_bucket_public_access_block.state.restrict_public_buckets,
    ])
    error_message = "not public"
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "our key"
  }
}

run "an_environment_plans_and_applies" {
  command = plan

  variables {
    environment = "staging"
  }
  assert {
    condition     = keys(output.role_arns) == ["apply", "plan"]
    error_message = "its images come from the registry's account"
  }
}

run "the_registrys_account_is_pushed_to" {
  command = plan

  variables {
    environment = "shared"
  }
  assert {
    condition     = keys(output.role_arns) == ["apply", "plan", "push"]
    error_message = "and CI pushes there"
  }
}

run "other_environments_are_refused" {
  command         = plan
  expect_failures = [var.environment]

  variables {
    environment = "production2"
  }
}
