variable "name" {
  description = "Prefix of every name, such as pitboss-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "Small letters, digits and -, at most 31 characters."
  }
}

variable "cidr" {
  description = "The VPC's addresses: a private /16, the same as no other network that it is joined to."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "A /16: the layout of the subnets counts on it."
  }
  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.cidr))
    error_message = "An address range of RFC 1918: EKS Hybrid Nodes take no other."
  }
}

variable "zones" {
  description = "The availability zones by name, so that a new one of the region changes nothing here; RDS and EKS need two."
  type        = list(string)

  validation {
    condition     = contains([2, 3], length(var.zones)) && length(distinct(var.zones)) == length(var.zones)
    error_message = "Two or three different zones."
  }
  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$", zone))])
    error_message = "Names of zones, such as eu-west-1a; local zones have neither RDS Multi-AZ nor EKS."
  }
}

variable "nat_per_zone" {
  description = "A NAT gateway in each zone; false: one for all, which is cheaper and fails with its zone."
  type        = bool
  default     = true
}

variable "interface_endpoints" {
  description = "AWS services reached without the NAT, such as ecr.api; each costs by the hour and zone."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for service in var.interface_endpoints : can(regex("^[a-z0-9.-]+$", service))])
    error_message = "Names of services as in com.amazonaws.REGION.NAME, without that prefix."
  }
}

variable "remote" {
  description = "The data centre of the bare metal: its node and pod networks, behind a transit gateway."
  type = object({
    cidrs              = list(string)
    transit_gateway_id = string
  })
  default = null

  validation {
    condition     = try(length(var.remote.cidrs) > 0 && alltrue([for cidr in var.remote.cidrs : can(cidrhost(cidr, 0))]), var.remote == null)
    error_message = "At least one network, each in CIDR form."
  }
  validation {
    condition     = try(startswith(var.remote.transit_gateway_id, "tgw-"), var.remote == null)
    error_message = "The id of a transit gateway, tgw-…"
  }
}

variable "log_retention_days" {
  description = "How long flow logs are kept."
  type        = number
  default     = 365

  validation {
    condition     = contains([365, 400, 545, 731, 1096, 1827], var.log_retention_days)
    error_message = "A year or more, of the numbers that CloudWatch Logs knows."
  }
}

variable "permissions_boundary" {
  description = "The most that the roles made here can do (module identity); null: no bound."
  type        = string
  default     = null
}
