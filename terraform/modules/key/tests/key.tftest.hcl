mock_provider "aws" {
  source = "../../mocks/aws"
}

variables {
  name        = "pitboss-test/database"
  description = "The test's data"
}

run "a_key_is_rotated_and_the_account_decides" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "rotated, and a deletion can be called off for a month"
  }
  assert {
    condition     = [for it in jsondecode(aws_kms_key.this.policy).Statement : it.Sid] == ["Account"]
    error_message = "no service uses it unasked"
  }
}

run "logs_use_it_for_their_groups_only" {
  command = plan

  variables {
    log_groups = ["/aws/eks/test/"]
  }
  assert {
    condition = (
      jsondecode(aws_kms_key.this.policy).Statement[1].Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"]
      == ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/test/*"]
    )
    error_message = "CloudWatch Logs is bound to the named groups"
  }
}

run "services_use_it_for_this_account_only" {
  command = plan

  variables {
    services = ["cloudwatch.amazonaws.com"]
  }
  assert {
    condition     = jsondecode(aws_kms_key.this.policy).Statement[1].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "no confused deputy"
  }
}

run "names_are_checked" {
  command         = plan
  expect_failures = [var.name, var.services, var.log_groups]

  variables {
    name       = "aws/database"
    services   = ["*"]
    log_groups = ["/aws/*"]
  }
}
