mock_provider "aws" {
  source = "../../mocks/aws"
}

variables {
  repositories  = ["pitboss"]
  pull_accounts = ["222222222222", "111111111111"]
}

run "an_image_cannot_change_and_is_scanned" {
  command = apply

  assert {
    condition     = aws_ecr_repository.this["pitboss"].image_tag_mutability == "IMMUTABLE"
    error_message = "a tag never moves"
  }
  assert {
    condition     = one(aws_ecr_repository.this["pitboss"].encryption_configuration).encryption_type == "KMS" && one(aws_ecr_repository.this["pitboss"].encryption_configuration).kms_key == module.key.arn
    error_message = "our key"
  }
  assert {
    condition     = one(aws_ecr_repository.this["pitboss"].image_scanning_configuration).scan_on_push && aws_ecr_registry_scanning_configuration.this.scan_type == "ENHANCED"
    error_message = "scanned when pushed, and again"
  }
}

run "environments_pull_and_do_not_push" {
  command = plan

  assert {
    condition     = jsondecode(aws_ecr_repository_policy.this["pitboss"].policy).Statement[0].Principal.AWS == ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"]
    error_message = "the named accounts"
  }
  assert {
    condition = alltrue([
      for action in jsondecode(aws_ecr_repository_policy.this["pitboss"].policy).Statement[0].Action : !can(regex("Put|Upload|Delete|\\*", action))
    ])
    error_message = "nothing that writes"
  }
}

run "releases_are_kept" {
  command = plan

  assert {
    condition = alltrue([
      for rule in jsondecode(aws_ecr_lifecycle_policy.this["pitboss"].policy).rules : try(rule.selection.tagPrefixList, [rule.selection.tagStatus]) == (rule.selection.tagStatus == "untagged" ? ["untagged"] : ["src-"])
    ])
    error_message = "only sources and what has no tag expire"
  }
}

run "input_is_checked" {
  command         = plan
  expect_failures = [var.repositories, var.pull_accounts, var.kept_images]

  variables {
    repositories  = ["Pitboss"]
    pull_accounts = ["*"]
    kept_images   = 1
  }
}
