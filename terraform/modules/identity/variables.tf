variable "name" {
  description = "Prefix of the platform's roles in this account, such as pitboss-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "Small letters, digits and -, at most 31 characters."
  }
}

variable "repository" {
  description = "The repository on GitHub, as owner/name."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.repository))
    error_message = "owner/name, without a pattern: a * would let in every repository."
  }
}

variable "environment" {
  description = "GitHub's environment whose jobs apply; those of ENVIRONMENT-plan plan. Its protection rules decide who deploys."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.environment))
    error_message = "Small letters, digits and -."
  }
}

variable "state_bucket_arn" {
  description = "Where terraform keeps its state, and plans between plan and apply."
  type        = string
}

variable "state_key_arn" {
  description = "What that is encrypted with."
  type        = string
}

variable "push_repositories" {
  description = "ARNs of ECR repositories that CI pushes to from the branches; empty: no such role."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.push_repositories : can(regex("^arn:[a-z-]+:ecr:[a-z0-9-]+:[0-9]{12}:repository/[a-z0-9/-]+$", arn))])
    error_message = "ARNs of repositories, without a pattern."
  }
}

variable "push_branches" {
  description = "Branches whose commits become images."
  type        = list(string)
  default     = ["develop", "main"]

  validation {
    condition     = alltrue([for branch in var.push_branches : can(regex("^[A-Za-z0-9/_.-]+$", branch))])
    error_message = "Names of branches, without a pattern."
  }
}
