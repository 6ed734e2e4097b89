mock_provider "aws" {
  source = "../mocks/aws"
}

run "the_state_is_private_and_under_a_key_of_its_own" {
  command = plan

  # Its ARN would be known only after an apply, whose bucket nothing may destroy.
  override_module {
    target  = module.key
    outputs = { arn = "arn:aws:kms:eu-central-1:123456789012:key/state", alias = "alias/state" }
  }

  variables {
    environment = "production"
  }
  assert {
    condition     = module.state_privacy.key_arn == "arn:aws:kms:eu-central-1:123456789012:key/state"
    error_message = "our key, and all else that makes a bucket private"
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
