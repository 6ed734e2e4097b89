variable "repositories" {
  description = "Names of the repositories."
  type        = set(string)

  validation {
    condition     = length(var.repositories) > 0 && alltrue([for name in var.repositories : can(regex("^[a-z][a-z0-9/-]{1,100}$", name))])
    error_message = "At least one name of small letters, digits, - and /."
  }
}

variable "pull_accounts" {
  description = "Accounts of the environments, which pull."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for account in var.pull_accounts : can(regex("^[0-9]{12}$", account))])
    error_message = "Account ids of 12 digits."
  }
}

variable "kept_images" {
  description = "How many images of sources (tags src-…) are kept; releases (tags v…) are kept for ever."
  type        = number
  default     = 200

  validation {
    condition     = var.kept_images >= 20
    error_message = "20 at least: a rollback needs what ran before."
  }
}

variable "enhanced_scanning" {
  description = "Amazon Inspector, which looks at packages of the language too and again when a new fault is known; priced by image."
  type        = bool
  default     = true
}
