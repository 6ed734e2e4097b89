output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Its addresses."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "For nodes and pods."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "control_subnet_ids" {
  description = "For the network interfaces of the EKS control plane."
  value       = [for subnet in aws_subnet.control : subnet.id]
}

output "control_cidrs" {
  description = "Where the API server answers inside the VPC: PITBOSS_API_CIDRS."
  value       = values(local.control)
}

output "public_subnet_ids" {
  description = "For load balancers that players reach."
  value       = [for subnet in aws_subnet.public : subnet.id]
}

output "database_subnet_ids" {
  description = "For RDS."
  value       = [for subnet in aws_subnet.database : subnet.id]
}

output "database_cidrs" {
  description = "Where the database answers: PITBOSS_DATABASE_CIDRS."
  value       = values(local.database)
}

output "nat_addresses" {
  description = "Where calls to the outside come from, for the allow lists of others."
  value       = [for address in aws_eip.nat : address.public_ip]
}
