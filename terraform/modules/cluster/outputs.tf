output "name" {
  description = "The cluster."
  value       = aws_eks_cluster.this.name
}

output "arn" {
  description = "Its ARN."
  value       = aws_eks_cluster.this.arn
}

output "endpoint" {
  description = "The API server."
  value       = aws_eks_cluster.this.endpoint
}

output "certificate_authority" {
  description = "The API server's CA, in base64."
  value       = aws_eks_cluster.this.certificate_authority[0].data
}

output "security_group_id" {
  description = "The security group of control plane, nodes and pods."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "hybrid_role_arn" {
  description = "The role of the bare metal; null where there is none."
  value       = one(aws_iam_role.hybrid[*].arn)
}

output "hybrid_trust_anchor_arn" {
  description = "The trust anchor of IAM Roles Anywhere; null with SSM."
  value       = one(aws_rolesanywhere_trust_anchor.hybrid[*].arn)
}

output "hybrid_profile_arn" {
  description = "The profile of IAM Roles Anywhere; null with SSM."
  value       = one(aws_rolesanywhere_profile.hybrid[*].arn)
}
