# A month that gets too dear is heard of while it can still be changed.

locals {
  budget_notices = {
    "spent 80%"     = { type = "ACTUAL", threshold = 80 }
    "spent 100%"    = { type = "ACTUAL", threshold = 100 }
    "foreseen 100%" = { type = "FORECASTED", threshold = 100 }
  }
}

resource "aws_budgets_budget" "month" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = "USD"

  dynamic "notification" {
    for_each = local.budget_notices

    content {
      notification_type          = notification.value.type
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value.threshold
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.cost_emails
    }
  }
}

resource "aws_ce_anomaly_monitor" "services" {
  count = var.anomaly_monitor_arn == null ? 1 : 0

  name              = var.name
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

# What is unusual by a twentieth of the month, or 100 USD where that is more.
resource "aws_ce_anomaly_subscription" "daily" {
  name             = var.name
  frequency        = "DAILY"
  monitor_arn_list = [coalesce(var.anomaly_monitor_arn, one(aws_ce_anomaly_monitor.services[*].arn))]

  dynamic "subscriber" {
    for_each = toset(var.cost_emails)

    content {
      type    = "EMAIL"
      address = subscriber.value
    }
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [tostring(max(100, ceil(var.monthly_budget / 20)))]
    }
  }
}
