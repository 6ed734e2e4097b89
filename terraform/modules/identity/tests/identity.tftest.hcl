mock_provider "aws" {
  source = "../../mocks/aws"
}

variables {
  name              = "pitboss-staging"
  repository        = "example/pitboss"
  environment       = "staging"
  state_bucket_arn  = "arn:aws:s3:::pitboss-staging-state"
  state_key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  push_repositories = ["arn:aws:ecr:eu-west-1:123456789012:repository/pitboss"]
}

run "each_role_trusts_whole_subjects" {
  command = apply

  assert {
    condition = {
      for name, role in aws_iam_role.this : name => flatten([jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"]])
      } == {
      plan  = ["repo:example/pitboss:environment:staging-plan"]
      apply = ["repo:example/pitboss:environment:staging"]
      push  = ["repo:example/pitboss:ref:refs/heads/develop", "repo:example/pitboss:ref:refs/heads/main"]
    }
    error_message = "exact subjects"
  }
  assert {
    condition = alltrue([
      for role in aws_iam_role.this : keys(jsondecode(role.assume_role_policy).Statement[0].Condition) == ["StringEquals"]
    ])
    error_message = "compared for equality, never by a pattern"
  }
  assert {
    condition = alltrue([
      for role in aws_iam_role.this : jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    ])
    error_message = "meant for AWS"
  }
  assert {
    condition     = alltrue([for role in aws_iam_role.this : role.path == "/github/" && role.max_session_duration == 3600])
    error_message = "outside of what apply may change, for an hour"
  }
}

run "apply_makes_only_bounded_roles_of_the_platform" {
  command = plan

  assert {
    condition = alltrue([
      for it in local.apply_statements : !can(regex("iam:(Create|Put|Attach)", jsonencode(it.Action))) || (
        it.Resource == "arn:aws:iam::123456789012:role/pitboss-staging-*"
        && try(it.Condition.StringEquals["iam:PermissionsBoundary"], "") == "arn:aws:iam::123456789012:policy/github/pitboss-staging-boundary"
      )
    ])
    error_message = "whatever grants needs the boundary"
  }
  assert {
    condition     = alltrue([for it in local.apply_statements : !strcontains(jsonencode(it.Action), "iam:DeleteRolePermissionsBoundary") && !strcontains(jsonencode(it.Action), "\"*\"")])
    error_message = "the boundary stays"
  }
  assert {
    condition     = aws_iam_role_policy_attachment.this["apply"].policy_arn == "arn:aws:iam::aws:policy/PowerUserAccess"
    error_message = "no administrator"
  }
}

run "the_boundary_denies_identities_and_the_state" {
  command = plan

  assert {
    condition     = contains([for it in jsondecode(aws_iam_policy.boundary.policy).Statement : it.Sid if it.Effect == "Deny"], "NoIdentities")
    error_message = "no role of the platform makes another"
  }
  assert {
    condition     = contains([for it in jsondecode(aws_iam_policy.boundary.policy).Statement : it.Sid if it.Effect == "Deny"], "NoState")
    error_message = "nor reads the state"
  }
}

run "a_plan_changes_nothing_and_sees_no_secret" {
  command = plan

  assert {
    condition = alltrue([
      for it in local.plan_statements : it.Effect == "Deny" || !can(regex("Put|Delete|Create", jsonencode(it.Action))) || try(it.Resource, "") == "arn:aws:s3:::pitboss-staging-state/plans/*"
    ])
    error_message = "it writes its plan and nothing else"
  }
  assert {
    condition     = contains(flatten([for it in local.plan_statements : it.Action if it.Effect == "Deny"]), "secretsmanager:GetSecretValue")
    error_message = "secrets are denied"
  }
}

run "ci_pushes_to_named_repositories_and_deletes_nothing" {
  command = plan

  assert {
    condition     = tolist(local.push_statements[1].Resource) == tolist(["arn:aws:ecr:eu-west-1:123456789012:repository/pitboss"]) && !strcontains(jsonencode(local.push_statements), "Delete")
    error_message = "push alone"
  }
}

run "without_repositories_nobody_pushes" {
  command = plan

  variables {
    push_repositories = []
  }
  assert {
    condition     = keys(aws_iam_role.this) == ["apply", "plan"]
    error_message = "two roles"
  }
}

run "patterns_are_refused" {
  command         = plan
  expect_failures = [var.repository, var.environment, var.push_branches, var.push_repositories]

  variables {
    repository        = "example/*"
    environment       = "*"
    push_branches     = ["*"]
    push_repositories = ["*"]
  }
}
