output "role_arns" {
  description = "Roles that GitHub's jobs take: plan, apply and, with repositories, push."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "boundary_arn" {
  description = "The boundary that every role of the platform carries."
  value       = aws_iam_policy.boundary.arn
}
