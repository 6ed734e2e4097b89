# Who reaches it, and with which passwords.

resource "aws_security_group" "this" {
  name        = "${var.name}-database"
  description = "PostgreSQL, from the cluster"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-database" }
}

# No rule for what goes out: the database calls nobody.
resource "aws_vpc_security_group_ingress_rule" "groups" {
  for_each = var.clients.security_groups

  security_group_id            = aws_security_group.this.id
  description                  = "PostgreSQL from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_ingress_rule" "cidrs" {
  for_each = toset(var.clients.cidrs)

  security_group_id = aws_security_group.this.id
  description       = "PostgreSQL from the bare metal's pods"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

# What clients check the database's certificate against.
data "http" "ca" {
  url = "https://truststore.pki.rds.amazonaws.com/${data.aws_region.current.region}/${data.aws_region.current.region}-bundle.pem"

  lifecycle {
    postcondition {
      condition     = self.status_code == 200 && startswith(self.response_body, "-----BEGIN CERTIFICATE-----")
      error_message = "The region's bundle of RDS certificates could not be fetched."
    }
  }
}

locals {
  # The platform's roles, each with a secret of its own; games' roles are the operator's.
  roles = {
    operator = "pitboss_operator"
    lobby    = "pitboss_lobby"
  }
}

# Ephemeral and write-only: in no state and no plan.
ephemeral "random_password" "role" {
  for_each = local.roles

  length  = 48
  special = false
}

resource "aws_secretsmanager_secret" "role" {
  #checkov:skip=CKV2_AWS_57:A rotation needs the new SCRAM verifier in the database: password_version and the bootstrap Job do both
  for_each = local.roles

  name                    = "${var.name}/database/${each.key}"
  description             = "Role ${each.value}: the keys of the Secret that Pitboss reads"
  kms_key_id              = module.key.arn
  recovery_window_in_days = var.protected ? 30 : 0
}

resource "aws_secretsmanager_secret_version" "role" {
  for_each = local.roles

  secret_id                = aws_secretsmanager_secret.role[each.key].id
  secret_string_wo_version = var.password_version

  secret_string_wo = jsonencode({
    host     = aws_db_instance.this.address
    port     = tostring(aws_db_instance.this.port)
    database = "pitboss"
    user     = each.value
    password = ephemeral.random_password.role[each.key].result
    "ca.crt" = data.http.ca.response_body
  })
}
