mock_provider "aws" {
  source = "../../mocks/aws"
}

variables {
  name               = "pitboss-test"
  control_subnet_ids = ["subnet-a", "subnet-b"]
  node_subnet_ids    = ["subnet-c", "subnet-d"]
  access             = {}
  node_groups        = { general = { instance_types = ["m7i.large"], min = 3, max = 9 } }
  hybrid_nodes       = { node_cidrs = ["10.80.0.0/16"], pod_cidrs = ["10.81.0.0/16"] }
}

run "without_bare_metal_there_is_none_of_it" {
  command = plan

  variables {
    hybrid_nodes = null
  }
  assert {
    condition     = length(aws_eks_cluster.this.remote_network_config) == 0 && length(aws_iam_role.hybrid) == 0 && length(aws_security_group.hybrid) == 0
    error_message = "nothing"
  }
}

run "bare_metal_joins_by_ssm" {
  command = apply

  assert {
    condition     = one(one(aws_eks_cluster.this.remote_network_config).remote_node_networks).cidrs == toset(["10.80.0.0/16"])
    error_message = "the nodes' network"
  }
  assert {
    condition     = aws_eks_access_entry.hybrid[0].type == "HYBRID_LINUX"
    error_message = "an entry for hybrid nodes"
  }
  assert {
    condition     = [for it in jsondecode(aws_iam_role_policy.hybrid[0].policy).Statement : it.Action] == ["eks:DescribeCluster", "ssm:DeregisterManagedInstance", "ssm:DescribeInstanceInformation"]
    error_message = "it describes its cluster and deregisters itself, nothing else"
  }
  assert {
    condition     = jsondecode(aws_iam_role.hybrid[0].assume_role_policy).Statement[0].Principal.Service == "ssm.amazonaws.com"
    error_message = "trusted through SSM"
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.hybrid : "${rule.cidr_ipv4} ${rule.to_port}"]) == toset(["10.80.0.0/16 443", "10.81.0.0/16 443"])
    error_message = "the API server and nothing else"
  }
}

run "bare_metal_joins_by_certificates" {
  command = apply

  variables {
    hybrid_nodes = {
      node_cidrs = ["10.80.0.0/16"]
      pod_cidrs  = ["10.81.0.0/16"]
      ca         = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    }
  }
  assert {
    condition     = jsondecode(aws_iam_role.hybrid[0].assume_role_policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] == aws_rolesanywhere_trust_anchor.hybrid[0].arn
    error_message = "only our CA"
  }
  assert {
    condition     = jsondecode(aws_iam_role.hybrid[0].assume_role_policy).Statement[0].Condition.StringEquals["sts:RoleSessionName"] == "$${aws:PrincipalTag/x509Subject/CN}"
    error_message = "a machine is named by its certificate"
  }
  assert {
    condition     = length(jsondecode(aws_iam_role_policy.hybrid[0].policy).Statement) == 1 && length(aws_iam_role_policy_attachment.hybrid) == 1
    error_message = "nothing of SSM"
  }
}
