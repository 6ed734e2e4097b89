output "address" {
  description = "The host, which stays the same through a failover."
  value       = aws_db_instance.this.address
}

output "identifier" {
  description = "The instance's name."
  value       = aws_db_instance.this.identifier
}

output "admin_secret_arn" {
  description = "The master user's password, for the bootstrap Job alone."
  value       = try(aws_db_instance.this.master_user_secret[0].secret_arn, null)
}

output "role_secrets" {
  description = "Names of the secrets of the platform's roles."
  value       = { for role, secret in aws_secretsmanager_secret.role : role => secret.name }
}

output "key_arn" {
  description = "What they are encrypted with."
  value       = module.key.arn
}

output "alarm_topic_arn" {
  description = "Where alarms go."
  value       = aws_sns_topic.alarms.arn
}
