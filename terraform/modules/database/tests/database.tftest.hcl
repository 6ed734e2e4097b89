mock_provider "aws" {
  source = "../../mocks/aws"
}
mock_provider "http" {
  mock_data "http" {
    defaults = { status_code = 200, response_body = "-----BEGIN CERTIFICATE-----" }
  }
}

variables {
  name           = "pitboss-test"
  vpc_id         = "vpc-0123456789abcdef0"
  subnet_ids     = ["subnet-a", "subnet-b", "subnet-c"]
  clients        = { security_groups = { cluster = "sg-0123456789abcdef0" } }
  instance_class = "db.r8g.xlarge"
  storage        = { size = 400, max = 2000 }
  alarm_emails   = ["sre@example.com"]
}

run "it_is_private_encrypted_and_on_two_machines" {
  command = plan

  assert {
    condition     = !aws_db_instance.this.publicly_accessible
    error_message = "no public database"
  }
  assert {
    condition     = aws_db_instance.this.storage_encrypted && aws_db_instance.this.performance_insights_enabled
    error_message = "encrypted storage, and insights"
  }
  assert {
    condition     = aws_db_instance.this.multi_az && aws_db_instance.this.engine_version == "18"
    error_message = "Multi-AZ PostgreSQL 18"
  }
  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.groups : rule.referenced_security_group_id] == ["sg-0123456789abcdef0"]
    error_message = "only the cluster connects"
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.cidrs) == 0
    error_message = "no network connects unless it is named"
  }
}

run "everything_at_rest_has_our_key" {
  command = apply

  assert {
    condition = alltrue([
      for key in [
        aws_db_instance.this.kms_key_id, aws_db_instance.this.performance_insights_kms_key_id,
        aws_db_instance.this.master_user_secret_kms_key_id, aws_sns_topic.alarms.kms_master_key_id,
        aws_secretsmanager_secret.role["operator"].kms_key_id, aws_cloudwatch_log_group.this["postgresql"].kms_key_id,
      ] : key == module.key.arn
    ])
    error_message = "storage, insights, passwords, alarms and logs"
  }
}

run "tls_and_scram_are_enforced" {
  command = plan

  assert {
    condition = alltrue([
      for name, value in {
        "rds.force_ssl"                     = "1"
        "ssl_min_protocol_version"          = "TLSv1.2"
        "rds.accepted_password_auth_method" = "scram"
        "synchronous_commit"                = "on"
        "log_parameter_max_length"          = "0"
      } : contains([for it in aws_db_parameter_group.this.parameter : "${it.name}=${it.value}"], "${name}=${value}")
    ])
    error_message = "TLS 1.2 for everybody, SCRAM only, durable commits, no players' values in logs"
  }
  assert {
    condition     = aws_db_parameter_group.this.family == "postgres18"
    error_message = "parameters of the same major version"
  }
}

run "passwords_are_in_no_state" {
  command = plan

  assert {
    condition     = aws_db_instance.this.manage_master_user_password && aws_db_instance.this.password == null
    error_message = "RDS keeps the master's password"
  }
  assert {
    condition     = alltrue([for it in aws_secretsmanager_secret_version.role : it.secret_string == null && it.secret_string_wo_version == 1])
    error_message = "the roles' passwords are write-only"
  }
  assert {
    condition     = keys(aws_secretsmanager_secret.role) == ["lobby", "operator"]
    error_message = "one secret a role"
  }
}

run "it_can_be_restored_and_not_deleted" {
  command = plan

  assert {
    condition     = aws_db_instance.this.backup_retention_period == 35 && !aws_db_instance.this.delete_automated_backups
    error_message = "five weeks of any second, which outlive the instance"
  }
  assert {
    condition     = aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot
    error_message = "deletion is refused, and leaves a snapshot"
  }
}

run "backups_go_to_another_region_with_a_key_there" {
  command = plan

  variables {
    backup_region = "eu-central-1"
  }
  assert {
    condition     = aws_db_instance_automated_backups_replication.this[0].region == "eu-central-1" && aws_db_instance_automated_backups_replication.this[0].retention_period == 35
    error_message = "replicated backups"
  }
}

run "a_copy_in_the_same_region_is_refused" {
  command         = plan
  expect_failures = [aws_db_instance_automated_backups_replication.this]

  variables {
    backup_region = "us-east-1"
  }
}

run "somebody_hears_of_it" {
  command = plan

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["storage", "memory", "cpu", "connections", "wraparound"])
    error_message = "the five alarms"
  }
  assert {
    condition     = contains(aws_db_event_subscription.this.event_categories, "failover")
    error_message = "a failover is told"
  }
}

run "dev_can_be_thrown_away" {
  command = plan

  variables {
    protected = false
    multi_az  = false
  }
  assert {
    condition     = !aws_db_instance.this.deletion_protection && aws_db_instance.this.skip_final_snapshot && !aws_db_instance.this.publicly_accessible
    error_message = "deletable, and still private"
  }
}

run "input_is_checked" {
  command         = plan
  expect_failures = [var.clients, var.subnet_ids, var.engine_version, var.backup_retention_days, var.storage, var.alarm_emails]

  variables {
    clients               = { security_groups = { cluster = "sg-1" }, cidrs = ["0.0.0.0/0"] }
    subnet_ids            = ["subnet-a"]
    engine_version        = "15"
    backup_retention_days = 0
    storage               = { size = 100, max = 1000, iops = 12000 }
    alarm_emails          = []
  }
}
