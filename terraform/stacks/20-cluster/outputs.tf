output "name" {
  description = "The cluster: aws eks update-kubeconfig --name …"
  value       = module.cluster.name
}

output "endpoint" {
  description = "The API server."
  value       = module.cluster.endpoint
}

output "certificate_authority" {
  description = "The API server's CA, in base64."
  value       = module.cluster.certificate_authority
}

output "security_group_id" {
  description = "The security group of control plane, nodes and pods."
  value       = module.cluster.security_group_id
}

output "hybrid" {
  description = "What nodeadm asks for on the bare metal."
  value = {
    role_arn         = module.cluster.hybrid_role_arn
    trust_anchor_arn = module.cluster.hybrid_trust_anchor_arn
    profile_arn      = module.cluster.hybrid_profile_arn
  }
}
