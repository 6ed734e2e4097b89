output "vpc_id" {
  description = "The VPC."
  value       = module.network.vpc_id
}

output "cidr" {
  description = "Its addresses."
  value       = module.network.cidr
}

output "private_subnet_ids" {
  description = "For nodes and pods."
  value       = module.network.private_subnet_ids
}

output "control_subnet_ids" {
  description = "For the network interfaces of the EKS control plane."
  value       = module.network.control_subnet_ids
}

output "control_cidrs" {
  description = "Where the API server answers inside the VPC: PITBOSS_API_CIDRS."
  value       = module.network.control_cidrs
}

output "public_subnet_ids" {
  description = "For load balancers that players reach."
  value       = module.network.public_subnet_ids
}

output "database_subnet_ids" {
  description = "For RDS."
  value       = module.network.database_subnet_ids
}

output "database_cidrs" {
  description = "Where the database answers: PITBOSS_DATABASE_CIDRS."
  value       = module.network.database_cidrs
}

output "nat_addresses" {
  description = "Where calls to the outside come from, for the allow lists of others."
  value       = module.network.nat_addresses
}
