variable "name" {
  description = "The cluster's name, such as pitboss-production."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "Small letters, digits and -, at most 31 characters."
  }
}

variable "kubernetes_version" {
  description = "Kubernetes' minor version; Pitboss is tested on this one."
  type        = string
  default     = "1.35"

  validation {
    condition     = can(regex("^1\\.3[4-9]$", var.kubernetes_version))
    error_message = "1.34 or later: older ones are out of standard support."
  }
}

variable "control_subnet_ids" {
  description = "For the control plane's network interfaces, in two zones at least."
  type        = list(string)

  validation {
    condition     = length(var.control_subnet_ids) >= 2
    error_message = "Two zones at least."
  }
}

variable "node_subnet_ids" {
  description = "Private subnets for nodes and pods."
  type        = list(string)

  validation {
    condition     = length(var.node_subnet_ids) >= 2
    error_message = "Two zones at least."
  }
}

variable "api_cidrs" {
  description = "Networks from which the API server is reached over the internet; empty: from the VPC only."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.api_cidrs : try(tonumber(split("/", cidr)[1]) >= 16, false)])
    error_message = "Networks in CIDR form, none wider than a /16: the API server is not for everybody."
  }
}

variable "access" {
  description = "Who reaches the cluster: IAM roles by a name of ours, with an EKS access policy and the namespaces it holds for (none: all)."
  type = map(object({
    role_arn   = string
    policy     = string
    namespaces = optional(list(string), [])
  }))

  validation {
    condition = alltrue([
      for it in values(var.access) : contains(["AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy", "AmazonEKSAdminViewPolicy"], it.policy)
    ])
    error_message = "policy is the name of one of EKS' access policies."
  }
  validation {
    condition     = alltrue([for it in values(var.access) : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/", it.role_arn))])
    error_message = "Roles only: users have keys that leak, and the account's root is nobody."
  }
}

variable "node_groups" {
  description = "Managed node groups. Autoscaling moves between min and max."
  type = map(object({
    instance_types = list(string)
    min            = number
    max            = number
    capacity       = optional(string, "ON_DEMAND")
    disk_gib       = optional(number, 50)
    labels         = optional(map(string), {})
    taints         = optional(list(object({ key = string, value = string, effect = string })), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for group in values(var.node_groups) : group.min >= 0 && group.max >= max(group.min, 1)])
    error_message = "min ≤ max, and a max of one at least."
  }
  validation {
    condition     = alltrue([for group in values(var.node_groups) : contains(["ON_DEMAND", "SPOT"], group.capacity)])
    error_message = "capacity is ON_DEMAND or SPOT."
  }
  validation {
    condition     = alltrue(flatten([for group in values(var.node_groups) : [for taint in group.taints : contains(["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"], taint.effect)]]))
    error_message = "effect is NO_SCHEDULE, NO_EXECUTE or PREFER_NO_SCHEDULE."
  }
}

variable "auto_mode" {
  description = "Let EKS run nodes, load balancers and disks itself. To turn it off, apply false first; do not remove it."
  type        = bool
  default     = false
}

variable "fargate_profiles" {
  description = "Namespaces, by profile, whose pods run without a node. Neither DaemonSets nor EBS run there."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = alltrue([for namespaces in values(var.fargate_profiles) : length(namespaces) > 0 && length(namespaces) <= 5])
    error_message = "One to five namespaces a profile."
  }
}

variable "hybrid_nodes" {
  description = "Bare metal as nodes (docs/bare-metal.md): its networks, and the CA in PEM for IAM Roles Anywhere; without one, SSM."
  type = object({
    node_cidrs = list(string)
    pod_cidrs  = list(string)
    ca         = optional(string)
  })
  default = null

  validation {
    condition = try(alltrue([
      for cidr in concat(var.hybrid_nodes.node_cidrs, var.hybrid_nodes.pod_cidrs) : can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", cidr))
    ]), var.hybrid_nodes == null)
    error_message = "IPv4 networks of RFC 1918 only: EKS takes no other."
  }
  validation {
    condition     = try(length(setintersection(var.hybrid_nodes.node_cidrs, var.hybrid_nodes.pod_cidrs)) == 0, var.hybrid_nodes == null)
    error_message = "Nodes and pods have different networks."
  }
  validation {
    condition     = try(startswith(var.hybrid_nodes.ca, "-----BEGIN CERTIFICATE-----"), try(var.hybrid_nodes.ca, null) == null)
    error_message = "ca is a certificate in PEM."
  }
}

variable "addon_versions" {
  description = "Versions of add-ons that are not to be EKS' default for the Kubernetes version."
  type        = map(string)
  default     = {}
}

variable "protected" {
  description = "Deletion is refused. Set it to false and apply before a destroy that is meant."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "How long the control plane's logs are kept."
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
