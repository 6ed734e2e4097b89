variable "name" {
  description = "Name of the instance and prefix of everything else, such as pitboss-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "Small letters, digits and -, at most 31 characters."
  }
}

variable "vpc_id" {
  description = "Where it is."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets without a way out, in two zones at least."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "RDS needs subnets in two zones, for a standby at least in time."
  }
}

variable "clients" {
  description = "Who may connect: security groups (the cluster's) by name, and networks of bare metal."
  type = object({
    security_groups = map(string)
    cidrs           = optional(list(string), [])
  })

  validation {
    condition     = length(var.clients.security_groups) > 0
    error_message = "At least the cluster's security group."
  }
  validation {
    condition = alltrue([
      for cidr in var.clients.cidrs : can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", cidr))
    ])
    error_message = "Only networks of RFC 1918 may connect."
  }
}

variable "engine_version" {
  description = "PostgreSQL's major version, so that minor ones come by themselves; the same as on a developer's machine."
  type        = string
  default     = "18"

  validation {
    condition     = can(regex("^(18|19)$", var.engine_version))
    error_message = "A major version from 18 on: Pitboss is tested against no older one."
  }
}

variable "instance_class" {
  description = "The machine. Every bet is one durable transaction: memory for the indexes, then cores."
  type        = string

  validation {
    condition     = can(regex("^db\\.[a-z0-9-]+\\.[a-z0-9]+$", var.instance_class))
    error_message = "A class of RDS, such as db.r8g.xlarge."
  }
}

variable "storage" {
  description = "GiB to begin with and at most (it grows by itself); iops and throughput (MiB/s) as gp3 has them from 400 GiB on."
  type = object({
    size       = number
    max        = number
    iops       = optional(number)
    throughput = optional(number)
  })

  validation {
    condition     = var.storage.size >= 20 && var.storage.max > var.storage.size * 1.1
    error_message = "From 20 GiB, and a maximum that is over 10% more: RDS grows in steps of 10%."
  }
  validation {
    condition     = (var.storage.iops == null && var.storage.throughput == null) || var.storage.size >= 400
    error_message = "Below 400 GiB gp3 has 3,000 IOPS and 125 MiB/s, and no choice."
  }
}

variable "multi_az" {
  description = "A standby in another zone that has every committed transaction."
  type        = bool
  default     = true
}

variable "backup_retention_days" {
  description = "How far back the database can be restored to any second."
  type        = number
  default     = 35

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 35
    error_message = "7 to 35 days."
  }
}

variable "backup_region" {
  description = "Where backups and transaction logs are copied to, minutes behind; null: nowhere."
  type        = string
  default     = null
}

variable "protected" {
  description = "Deletion is refused, and leaves a snapshot where it is forced. Set it to false and apply before a destroy that is meant."
  type        = bool
  default     = true
}

variable "snapshot" {
  description = "Begin with this snapshot: a restore drill, or a disaster."
  type        = string
  default     = null
}

variable "insights_mode" {
  description = "CloudWatch Database Insights, successor of Performance Insights' console: standard (a week) or advanced (15 months)."
  type        = string
  default     = "standard"

  validation {
    condition     = contains(["standard", "advanced"], var.insights_mode)
    error_message = "standard or advanced."
  }
}

variable "max_connections" {
  description = "PostgreSQL's limit; PITBOSS_DATABASE_CONNECTIONS stays well below."
  type        = number
  default     = 500

  validation {
    condition     = var.max_connections >= 100 && var.max_connections <= 5000
    error_message = "100 to 5000."
  }
}

variable "password_version" {
  description = "Raise it to make new passwords for the roles, then run the bootstrap Job."
  type        = number
  default     = 1
}

variable "alarm_emails" {
  description = "Who hears of it when nothing in the cluster can tell any more."
  type        = set(string)

  validation {
    condition     = length(var.alarm_emails) > 0 && alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "At least one e-mail address."
  }
}

variable "permissions_boundary" {
  description = "The most that the roles made here can do (module identity); null: no bound."
  type        = string
  default     = null
}
