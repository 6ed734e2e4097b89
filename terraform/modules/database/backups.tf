# A region's loss: automated backups and the transaction logs since are copied to another one, with a key there.

module "backup_key" {
  source = "../key"
  count  = var.backup_region == null ? 0 : 1

  region      = var.backup_region
  name        = "${var.name}/database-backups"
  description = "Copies of the database backups of ${var.name}"
}

resource "aws_db_instance_automated_backups_replication" "this" {
  count = var.backup_region == null ? 0 : 1

  region                 = var.backup_region
  source_db_instance_arn = aws_db_instance.this.arn
  kms_key_id             = module.backup_key[0].arn
  retention_period       = var.backup_retention_days

  lifecycle {
    precondition {
      condition     = var.backup_region != data.aws_region.current.region
      error_message = "The copy belongs in another region."
    }
  }
}
