variable "name" {
  description = "The key's alias, without the prefix alias/."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9/-]{2,100}$", var.name)) && !startswith(var.name, "aws")
    error_message = "A name of small letters, digits, - and /; aws… is Amazon's own."
  }
}

variable "description" {
  description = "What the key protects."
  type        = string
}

variable "log_groups" {
  description = "Name prefixes of the log groups that CloudWatch encrypts with it; empty: none."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for prefix in var.log_groups : !strcontains(prefix, "*")])
    error_message = "Prefixes, without a wildcard."
  }
}

variable "services" {
  description = "Other AWS services that use it for this account, such as cloudwatch.amazonaws.com."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for service in var.services : endswith(service, ".amazonaws.com")])
    error_message = "Service principals end in .amazonaws.com."
  }
}

variable "region" {
  description = "Where the key is, if not in the provider's region."
  type        = string
  default     = null
}
