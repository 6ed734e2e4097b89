output "address" {
  description = "The host, which stays the same through a failover."
  value       = module.database.address
}

output "identifier" {
  description = "The instance's name."
  value       = module.database.identifier
}

output "admin_secret_arn" {
  description = "The master user's password, for the bootstrap Job alone."
  value       = module.database.admin_secret_arn
}

output "role_secrets" {
  description = "Names of the secrets of the platform's roles."
  value       = module.database.role_secrets
}

output "key_arn" {
  description = "What they are encrypted with."
  value       = module.database.key_arn
}
