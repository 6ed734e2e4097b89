output "url" {
  description = "Where players play: PITBOSS_URL."
  value       = module.edge.url
}

output "target_group_name" {
  description = "What the TargetGroupBinding names; null with a tunnel."
  value       = module.edge.target_group_name
}

output "tunnel_id" {
  description = "The tunnel, for its token; null with a load balancer."
  value       = module.edge.tunnel_id
}

output "workload_accounts" {
  description = "Service accounts that have a role, as namespace/name."
  value       = module.platform.workload_accounts
}
