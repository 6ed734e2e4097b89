variable "name" {
  description = "Prefix of every name, such as pitboss-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "Small letters, digits and -, at most 31 characters."
  }
}

variable "cluster_name" {
  description = "The EKS cluster."
  type        = string
}

variable "permissions_boundary" {
  description = "The most that the roles made here can do (module identity); null: no bound."
  type        = string
  default     = null
}

variable "argocd" {
  description = "Argo CD: self-hosted by Helm, of this chart version and values (YAML), or managed by EKS with an instance of Identity Center; the one Application that brings all others, as an object."
  type = object({
    mode                = optional(string, "self")
    chart_version       = optional(string, "10.1.1")
    apps_chart_version  = optional(string, "2.0.5")
    values              = optional(list(string), [])
    root                = any
    identity_center_arn = optional(string)
  })

  validation {
    condition     = contains(["self", "managed"], var.argocd.mode)
    error_message = "mode is self or managed."
  }
  validation {
    condition     = var.argocd.mode == "self" || var.argocd.identity_center_arn != null
    error_message = "Managed Argo CD signs people in by Identity Center: set identity_center_arn."
  }
  validation {
    condition     = try(var.argocd.root.kind == "Application" && startswith(var.argocd.root.spec.source.repoURL, "https://"), false)
    error_message = "root is an Application whose source is a repository over https."
  }
}

variable "target_groups" {
  description = "ARNs of the edge's target groups by name, which the load balancer controller puts pods into; empty: no such role."
  type        = map(string)
  default     = {}
}

variable "log_bucket" {
  description = "The name of Loki's bucket, which is one in the world."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{2,62}$", var.log_bucket))
    error_message = "Small letters, digits and -, at most 63 characters."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept; Loki's retention_period is not longer."
  type        = number
  default     = 366

  validation {
    condition     = var.log_retention_days >= 30
    error_message = "30 days at least."
  }
}

variable "monthly_budget" {
  description = "USD a month that the account is meant to cost."
  type        = number

  validation {
    condition     = var.monthly_budget > 0
    error_message = "More than nothing."
  }
}

variable "cost_emails" {
  description = "Who hears of costs."
  type        = list(string)

  validation {
    condition     = length(var.cost_emails) > 0 && alltrue([for address in var.cost_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "At least one e-mail address."
  }
}

variable "anomaly_monitor_arn" {
  description = "The account's monitor of services; AWS allows one and makes it for accounts that use Cost Explorer. null: make it."
  type        = string
  default     = null
}
