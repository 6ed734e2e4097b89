variable "name" {
  description = "The role's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,62}$", var.name))
    error_message = "Small letters, digits and -, at most 63 characters."
  }
}

variable "cluster_name" {
  description = "The EKS cluster whose pods take it."
  type        = string
}

variable "namespace" {
  description = "The namespace of the service account; no pattern."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", var.namespace))
    error_message = "The name of one namespace."
  }
}

variable "service_account" {
  description = "The service account; no pattern."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", var.service_account))
    error_message = "The name of one service account."
  }
}

variable "policy" {
  description = "What it may do, as a policy document in JSON; null: only what managed_policies say."
  type        = string
  default     = null

  validation {
    condition     = var.policy == null ? true : can(jsondecode(var.policy).Statement)
    error_message = "A policy document in JSON."
  }
}

variable "managed_policies" {
  description = "Names of AWS-managed policies, with their path where they have one."
  type        = set(string)
  default     = []
}

variable "associate" {
  description = "Make the association; false where an EKS add-on makes its own."
  type        = bool
  default     = true
}

variable "permissions_boundary" {
  description = "The most that the roles made here can do (module identity); null: no bound."
  type        = string
  default     = null
}
