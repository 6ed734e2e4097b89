locals {
  parameters = {
    # No connection without TLS, and none older than 1.2.
    "rds.force_ssl"            = "1"
    "ssl_min_protocol_version" = "TLSv1.2"
    # Passwords reach SQL as SCRAM verifiers only.
    "password_encryption"               = "scram-sha-256"
    "rds.accepted_password_auth_method" = "scram"

    # A bet that was answered is durable. These are the defaults: written down, so that nobody gains speed by them.
    "synchronous_commit" = "on"

    "max_connections" = tostring(var.max_connections)
    # A lost client must not hold locks: TCP notices it, and no transaction of ours idles for long.
    "idle_in_transaction_session_timeout" = "60000"
    "tcp_keepalives_idle"                 = "60"

    "log_connections"            = "1"
    "log_disconnections"         = "1"
    "log_lock_waits"             = "1"
    "log_statement"              = "ddl"
    "log_min_duration_statement" = "1000"
    # Values of parameters may be a player's.
    "log_parameter_max_length"          = "0"
    "log_parameter_max_length_on_error" = "0"

    "shared_preload_libraries" = "pg_stat_statements"
    "track_io_timing"          = "1"
  }

  # These are read at PostgreSQL's start only.
  static_parameters = ["max_connections", "shared_preload_libraries"]
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "postgres${var.engine_version}"
  description = "PostgreSQL ${var.engine_version} for ${var.name}"

  dynamic "parameter" {
    for_each = local.parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = contains(local.static_parameters, parameter.key) ? "pending-reboot" : "immediate"
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
