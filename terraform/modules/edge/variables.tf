variable "name" {
  description = "Prefix of every name, such as pitboss-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,26}$", var.name))
    error_message = "Small letters, digits and -, at most 27 characters: load balancers have short names."
  }
}

variable "zone_id" {
  description = "The zone at Cloudflare; each environment has one of its own, since these settings hold for a whole zone."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.zone_id))
    error_message = "32 hex digits."
  }
}

variable "account_id" {
  description = "The account at Cloudflare."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.account_id))
    error_message = "32 hex digits."
  }
}

variable "hostname" {
  description = "What players type, such as play.example.com."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.hostname))
    error_message = "A host name, without https:// and path."
  }
}

variable "load_balancer" {
  description = "The origin on EKS: a network load balancer that admits only Cloudflare, and only with our client certificate. null: the tunnel."
  type = object({
    vpc_id                 = string
    subnet_ids             = list(string)
    pods_security_group_id = string
    protected              = optional(bool, true)
  })
  default = null
}

variable "tunnel" {
  description = "The origin anywhere: cloudflared in the cluster calls out (manifests/edge); the address of the gateway there. null: the load balancer."
  type        = object({ service = string })
  default     = null

  validation {
    condition     = var.tunnel == null ? true : can(regex("^https?://[a-z0-9.-]+(:[0-9]+)?$", var.tunnel.service))
    error_message = "http://NAME or https://NAME, with the port if it is another."
  }
}

variable "origin_pull" {
  description = "The client certificate and key (PEM) that Cloudflare shows the origin, of a CA of our own; with a load balancer."
  type = object({
    certificate = string
    private_key = string
  })
  default   = null
  sensitive = true
}

variable "countries" {
  description = "Where the licence allows play: ISO codes of two letters. Empty: anywhere."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for country in var.countries : can(regex("^[A-Z]{2}$", country))])
    error_message = "ISO 3166 codes, such as MT."
  }
}

variable "requests_per_10_seconds" {
  description = "What one address may ask in 10 seconds before it is refused for 10; a house of players shares one."
  type        = number
  default     = 400

  validation {
    condition     = var.requests_per_10_seconds >= 50
    error_message = "50 at least: a page of a game makes a dozen."
  }
}
