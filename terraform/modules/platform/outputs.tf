output "workload_roles" {
  description = "Roles by workload; each is taken by the service account that workloads.tf names."
  value       = { for name, role in module.workload_role : name => role.arn }
}

output "workload_accounts" {
  description = "Those service accounts, as namespace/name."
  value       = { for name, it in local.workloads : name => "${it.namespace}/${it.account}" }
}

output "log_bucket" {
  description = "Loki's bucket."
  value       = aws_s3_bucket.logs.bucket
}
