variable "bucket" {
  description = "The bucket: its name and its ARN."
  type = object({
    id  = string
    arn = string
  })
}

variable "key_arn" {
  description = "The KMS key that everything in it is encrypted with."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:", var.key_arn))
    error_message = "The ARN of a KMS key."
  }
}
