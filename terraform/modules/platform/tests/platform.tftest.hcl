mock_provider "aws" {
  source = "../../mocks/aws"
}
mock_provider "helm" {}

variables {
  name         = "pitboss-test"
  cluster_name = "pitboss-test"
  argocd = {
    values = ["configs: {}"]
    root = {
      kind     = "Application"
      metadata = { name = "pitboss-root" }
      spec = {
        project     = "default"
        destination = { server = "https://kubernetes.default.svc", namespace = "argocd" }
        source      = { repoURL = "https://github.com/pitboss/pitboss.git", targetRevision = "main", path = "manifests/argocd/apps/overlays/production" }
      }
    }
  }
  target_groups  = { edge = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/edge/0000000000000000" }
  log_bucket     = "pitboss-test-logs"
  monthly_budget = 4000
  cost_emails    = ["cfo@example.com"]
}

run "argo_cd_and_the_root_and_nothing_else" {
  command = plan

  assert {
    condition     = helm_release.argocd[0].chart == "argo-cd" && helm_release.argocd[0].version == "10.1.1" && helm_release.root.chart == "argocd-apps"
    error_message = "the two charts, pinned"
  }
  assert {
    condition     = yamldecode(helm_release.root.values[0]).applications["pitboss-root"].source.path == "manifests/argocd/apps/overlays/production"
    error_message = "the root is what git says"
  }
  assert {
    condition     = yamldecode(helm_release.root.values[0]).applications["pitboss-root"].finalizers == ["resources-finalizer.argocd.argoproj.io"] && helm_release.root.wait
    error_message = "a destroy waits until what came from git is gone"
  }
}

run "argo_cd_of_eks_is_an_option" {
  command = plan

  variables {
    argocd = {
      mode                = "managed"
      identity_center_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
      root = {
        kind     = "Application"
        metadata = { name = "pitboss-root" }
        spec     = { source = { repoURL = "https://github.com/pitboss/pitboss.git" } }
      }
    }
  }
  assert {
    condition     = length(helm_release.argocd) == 0 && aws_eks_capability.argocd[0].type == "ARGOCD"
    error_message = "managed"
  }
}

run "workloads_reach_only_what_is_theirs" {
  command = apply

  assert {
    condition     = output.workload_accounts["cloudwatch-exporter"] == "monitoring/cloudwatch-exporter" && output.workload_accounts["loki"] == "monitoring/loki"
    error_message = "the service accounts of the charts"
  }
  assert {
    condition = alltrue(flatten([
      for it in values(local.workloads) : [
        for statement in it.statements : [
          for action in flatten([statement.Action]) : !endswith(action, "*") && !can(regex("^(iam|sts|organizations):", action))
        ]
      ]
    ]))
    error_message = "no wildcard of actions, no identities"
  }
  assert {
    condition = alltrue(flatten([
      for it in values(local.workloads) : [
        for statement in it.statements : [
          for action in flatten([statement.Action]) : statement.Resource != "*" || can(regex(":(Get|List|Describe)", action))
        ]
      ]
    ]))
    error_message = "only reading knows no resource"
  }
}

run "logs_are_private_encrypted_and_end" {
  command = apply

  assert {
    condition     = module.logs_privacy.key_arn == module.logs_key.arn
    error_message = "our key, and all else that makes a bucket private"
  }
}

run "costs_are_heard_of" {
  command = plan

  assert {
    condition     = aws_budgets_budget.month.limit_amount == "4000" && length(aws_budgets_budget.month.notification) == 3
    error_message = "a budget with three notices"
  }
  assert {
    condition     = one(one(aws_ce_anomaly_subscription.daily.threshold_expression).dimension).values == toset(["200"])
    error_message = "a twentieth of the month is unusual"
  }
}

run "the_accounts_own_monitor_is_used" {
  command = plan

  variables {
    anomaly_monitor_arn = "arn:aws:ce::123456789012:anomalymonitor/22222222-2222-2222-2222-222222222222"
  }
  assert {
    condition     = length(aws_ce_anomaly_monitor.services) == 0 && aws_ce_anomaly_subscription.daily.monitor_arn_list == tolist(["arn:aws:ce::123456789012:anomalymonitor/22222222-2222-2222-2222-222222222222"])
    error_message = "AWS allows one"
  }
}

run "input_is_checked" {
  command         = plan
  expect_failures = [var.argocd, var.log_bucket, var.log_retention_days, var.monthly_budget, var.cost_emails]

  variables {
    argocd             = { mode = "managed", root = { kind = "ConfigMap" } }
    log_bucket         = "Logs"
    log_retention_days = 1
    monthly_budget     = 0
    cost_emails        = ["nobody"]
  }
}
