output "target_group_name" {
  description = "What the TargetGroupBinding names; null with a tunnel."
  value       = one(aws_lb_target_group.origin[*].name)
}

output "target_group_arn" {
  description = "What the load balancer controller may register pods in; null with a tunnel."
  value       = one(aws_lb_target_group.origin[*].arn)
}

output "tunnel_id" {
  description = "The tunnel, for its token; null with a load balancer."
  value       = one(cloudflare_zero_trust_tunnel_cloudflared.this[*].id)
}

output "url" {
  description = "Where players play: PITBOSS_URL."
  value       = "https://${var.hostname}"
}
