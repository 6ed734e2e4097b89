# PostgreSQL on RDS. An acknowledged bet is on two machines in two zones before its player hears of it.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

module "key" {
  source = "../key"

  name        = "${var.name}/database"
  description = "The database of ${var.name}, its backups, logs and passwords"
  log_groups  = ["/aws/rds/instance/${var.name}/"]
  services    = ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Subnets without a way out"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV2_AWS_69:rds.force_ssl is in parameters.tf, in a dynamic block, which the check does not evaluate; the tests do
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class

  db_name             = var.snapshot == null ? "pitboss" : null
  snapshot_identifier = var.snapshot
  username            = "pitboss_admin"
  port                = 5432

  # RDS makes the password, keeps it in Secrets Manager and changes it every week: it is in no state and no plan.
  manage_master_user_password         = true
  master_user_secret_kms_key_id       = module.key.arn
  iam_database_authentication_enabled = true

  storage_type          = "gp3"
  allocated_storage     = var.storage.size
  max_allocated_storage = var.storage.max
  iops                  = var.storage.iops
  storage_throughput    = var.storage.throughput
  storage_encrypted     = true
  kms_key_id            = module.key.arn

  multi_az               = var.multi_az
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false
  ca_cert_identifier     = "rds-ca-rsa2048-g1"
  parameter_group_name   = aws_db_parameter_group.this.name

  backup_retention_period   = var.backup_retention_days
  backup_window             = "02:00-03:00"
  maintenance_window        = "tue:03:30-tue:04:30"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.protected
  skip_final_snapshot       = !var.protected
  final_snapshot_identifier = var.protected ? "${var.name}-final" : null

  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  apply_immediately           = false

  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  monitoring_interval                   = 15
  monitoring_role_arn                   = aws_iam_role.monitoring.arn
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = module.key.arn
  performance_insights_retention_period = var.insights_mode == "advanced" ? 465 : 7
  database_insights_mode                = var.insights_mode

  depends_on = [aws_cloudwatch_log_group.this]

  lifecycle {
    # What it began with; a new snapshot of the same name must not replace the instance.
    ignore_changes = [snapshot_identifier]
  }
}

# Made here, so that they are encrypted and end.
resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days = 365
  kms_key_id        = module.key.arn
}
