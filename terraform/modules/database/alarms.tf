# What must be heard even if the cluster, and Prometheus with it, is gone. The rest is in manifests/monitoring.

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-database"
  kms_master_key_id = module.key.arn
}

resource "aws_sns_topic_subscription" "alarms" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

locals {
  gib = 1024 * 1024 * 1024

  alarms = {
    storage = {
      metric = "FreeStorageSpace", comparison = "LessThanThreshold", threshold = max(5, var.storage.size * 0.1) * local.gib
      what   = "Less than a tenth of the first storage is free: it does not grow any more, or too slowly"
    }
    memory = {
      metric = "FreeableMemory", comparison = "LessThanThreshold", threshold = local.gib / 4
      what   = "Less than 256 MiB of memory are free"
    }
    cpu = {
      metric = "CPUUtilization", comparison = "GreaterThanThreshold", threshold = 90
      what   = "Above 90% of the processors for a quarter of an hour"
    }
    connections = {
      metric = "DatabaseConnections", comparison = "GreaterThanThreshold", threshold = var.max_connections * 0.9
      what   = "Above 90% of max_connections"
    }
    wraparound = {
      metric = "MaximumUsedTransactionIDs", comparison = "GreaterThanThreshold", threshold = 1000000000
      what   = "A thousand million transactions unfrozen: autovacuum does not keep up"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-database-${each.key}"
  alarm_description   = each.value.what
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = { DBInstanceIdentifier = aws_db_instance.this.identifier }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_db_event_subscription" "this" {
  name             = "${var.name}-database"
  sns_topic        = aws_sns_topic.alarms.arn
  source_type      = "db-instance"
  source_ids       = [aws_db_instance.this.identifier]
  event_categories = ["availability", "failover", "failure", "low storage", "maintenance", "notification", "recovery"]

  depends_on = [aws_sns_topic_policy.alarms]
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AlarmsAndEvents"
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms.arn
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}
