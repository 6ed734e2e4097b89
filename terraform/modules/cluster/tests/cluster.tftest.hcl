mock_provider "aws" {
  source = "../../mocks/aws"
}

variables {
  name               = "pitboss-test"
  control_subnet_ids = ["subnet-a", "subnet-b"]
  node_subnet_ids    = ["subnet-c", "subnet-d"]
  access = {
    apply = { role_arn = "arn:aws:iam::123456789012:role/pitboss-test-apply", policy = "AmazonEKSClusterAdminPolicy" }
    sre   = { role_arn = "arn:aws:iam::123456789012:role/sre", policy = "AmazonEKSEditPolicy", namespaces = ["casino"] }
  }
  node_groups = {
    general = { instance_types = ["m7i.large"], min = 3, max = 9 }
    arm     = { instance_types = ["m8g.large"], min = 0, max = 3, capacity = "SPOT" }
  }
}

run "the_api_server_is_for_the_vpc_unless_networks_are_named" {
  command = plan

  assert {
    condition     = one(aws_eks_cluster.this.vpc_config).endpoint_private_access && !one(aws_eks_cluster.this.vpc_config).endpoint_public_access
    error_message = "private"
  }
}

run "named_networks_reach_it_and_no_other" {
  command = plan

  variables {
    api_cidrs = ["203.0.113.0/24"]
  }
  assert {
    condition     = one(aws_eks_cluster.this.vpc_config).endpoint_public_access && one(aws_eks_cluster.this.vpc_config).public_access_cidrs == toset(["203.0.113.0/24"])
    error_message = "the one network"
  }
}

run "secrets_are_encrypted_logs_complete_and_deletion_refused" {
  command = plan

  assert {
    condition     = one(aws_eks_cluster.this.encryption_config).resources == toset(["secrets"]) && one(aws_eks_cluster.this.upgrade_policy).support_type == "STANDARD"
    error_message = "secrets in etcd have our key"
  }
  assert {
    condition     = aws_eks_cluster.this.enabled_cluster_log_types == toset(["api", "audit", "authenticator", "controllerManager", "scheduler"])
    error_message = "all five logs"
  }
  assert {
    condition     = aws_eks_cluster.this.deletion_protection && aws_eks_cluster.this.version == "1.35"
    error_message = "protected, 1.35"
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 365
    error_message = "a year of logs"
  }
}

run "only_access_entries_let_anybody_in" {
  command = plan

  assert {
    condition     = one(aws_eks_cluster.this.access_config).authentication_mode == "API" && !one(aws_eks_cluster.this.access_config).bootstrap_cluster_creator_admin_permissions
    error_message = "no aws-auth, no administrator by accident"
  }
  assert {
    condition     = one(aws_eks_access_policy_association.this["apply"].access_scope).type == "cluster"
    error_message = "terraform's role, everywhere"
  }
  assert {
    condition     = one(aws_eks_access_policy_association.this["sre"].access_scope).type == "namespace" && one(aws_eks_access_policy_association.this["sre"].access_scope).namespaces == toset(["casino"])
    error_message = "the other in its namespace"
  }
}

run "pods_cannot_take_the_nodes_role" {
  command = plan

  assert {
    condition = alltrue([
      for template in aws_launch_template.node : one(template.metadata_options).http_tokens == "required" && one(template.metadata_options).http_put_response_hop_limit == 1
    ])
    error_message = "IMDSv2, one hop"
  }
  assert {
    condition     = alltrue([for template in aws_launch_template.node : one(one(template.block_device_mappings).ebs).encrypted == "true"])
    error_message = "encrypted disks"
  }
  assert {
    condition     = toset(keys(aws_iam_role_policy_attachment.node)) == toset(["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"])
    error_message = "the node's role has neither the CNI's nor the disks' rights"
  }
}

run "network_policies_are_on" {
  command = plan

  assert {
    condition     = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "the CNI enforces network policies"
  }
  assert {
    condition     = aws_eks_node_group.this["arm"].ami_type == "AL2023_ARM_64_STANDARD" && aws_eks_node_group.this["general"].ami_type == "AL2023_x86_64_STANDARD"
    error_message = "an image of the machine's kind"
  }
  assert {
    condition     = contains(keys(aws_eks_addon.after_nodes), "metrics-server")
    error_message = "autoscalers have figures"
  }
}

run "auto_mode_is_an_option" {
  command = plan

  variables {
    auto_mode   = true
    node_groups = {}
  }
  assert {
    condition     = one(aws_eks_cluster.this.compute_config).enabled && one(one(aws_eks_cluster.this.storage_config).block_storage).enabled
    error_message = "nodes and disks by EKS"
  }
  assert {
    condition     = length(aws_eks_addon.before_nodes) == 0 && length(aws_iam_role_policy_attachment.cluster) == 5
    error_message = "its own add-ons, its own rights"
  }
}

run "fargate_is_an_option" {
  command = plan

  variables {
    fargate_profiles = { games = ["casino"] }
  }
  assert {
    condition     = length(aws_eks_fargate_profile.this) == 1 && jsondecode(aws_iam_role.fargate[0].assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "a profile, and its role for this account"
  }
}

run "input_is_checked" {
  command         = plan
  expect_failures = [var.api_cidrs, var.access, var.kubernetes_version, var.node_groups, var.hybrid_nodes, var.fargate_profiles]

  variables {
    api_cidrs          = ["0.0.0.0/0"]
    access             = { root = { role_arn = "arn:aws:iam::123456789012:root", policy = "everything" } }
    kubernetes_version = "1.29"
    node_groups        = { general = { instance_types = ["m7i.large"], min = 3, max = 1 } }
    hybrid_nodes       = { node_cidrs = ["100.64.0.0/16"], pod_cidrs = ["100.64.0.0/16"] }
    fargate_profiles   = { games = [] }
  }
}

run "a_cluster_without_nodes_is_refused" {
  command         = plan
  expect_failures = [aws_eks_cluster.this]

  variables {
    node_groups = {}
  }
}
