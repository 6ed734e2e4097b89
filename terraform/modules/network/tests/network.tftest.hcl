mock_provider "aws" {
  source = "../../mocks/aws"
}

variables {
  name  = "pitboss-test"
  cidr  = "10.30.0.0/16"
  zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
}

run "the_layers_do_not_overlap_and_spread_over_three_zones" {
  command = plan

  assert {
    condition     = values(local.private) == ["10.30.0.0/20", "10.30.16.0/20", "10.30.32.0/20"]
    error_message = "private: a /20 in each zone"
  }
  assert {
    condition     = values(local.public) == ["10.30.48.0/24", "10.30.49.0/24", "10.30.50.0/24"]
    error_message = "public: a /24 in each zone"
  }
  assert {
    condition     = values(local.database) == ["10.30.52.0/24", "10.30.53.0/24", "10.30.54.0/24"]
    error_message = "database: a /24 in each zone"
  }
  assert {
    condition     = values(local.control) == ["10.30.56.0/28", "10.30.56.16/28", "10.30.56.32/28"]
    error_message = "control: a /28 in each zone"
  }
  assert {
    condition     = length(distinct([for subnet in aws_subnet.private : subnet.availability_zone])) == 3
    error_message = "a subnet in each zone"
  }
}

run "nothing_gets_a_public_address_by_itself" {
  command = plan

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : !subnet.map_public_ip_on_launch])
    error_message = "no public address on launch"
  }
  assert {
    condition     = length(aws_default_security_group.closed.ingress) == 0 && length(aws_default_security_group.closed.egress) == 0
    error_message = "the default security group lets nothing through"
  }
}

run "the_database_has_no_way_out" {
  command = apply

  assert {
    condition = alltrue([
      for route in concat([aws_route.internet], values(aws_route.nat)) : route.route_table_id != aws_route_table.isolated.id
    ])
    error_message = "no route leaves the database's subnets"
  }
  assert {
    condition     = alltrue([for it in aws_route_table_association.database : it.route_table_id == aws_route_table.isolated.id])
    error_message = "each database subnet is isolated"
  }
}

run "each_zone_has_its_own_nat" {
  command = plan

  assert {
    condition     = length(aws_nat_gateway.this) == 3
    error_message = "a zone's failure takes no other zone's way out"
  }
}

run "one_nat_where_that_is_enough" {
  command = plan

  variables {
    nat_per_zone = false
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_route.nat) == 3
    error_message = "one NAT, and a route to it from each zone"
  }
}

run "all_traffic_is_logged_encrypted_for_a_year" {
  command = plan

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL" && aws_cloudwatch_log_group.flow.retention_in_days == 365
    error_message = "flow logs of all traffic"
  }
  assert {
    condition     = !strcontains(jsonencode(jsondecode(aws_iam_role.flow.assume_role_policy).Statement[0].Principal), "*")
    error_message = "only the service may take the role"
  }
}

run "endpoints_answer_the_vpc_only" {
  command = plan

  variables {
    interface_endpoints = ["ecr.api", "ecr.dkr", "sts"]
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) == 3 && aws_vpc_security_group_ingress_rule.endpoints[0].cidr_ipv4 == "10.30.0.0/16"
    error_message = "three endpoints, open to the VPC"
  }
}

run "the_bare_metal_is_reached_from_nodes_and_control_plane" {
  command = plan

  variables {
    remote = { cidrs = ["10.80.0.0/16", "10.81.0.0/16"], transit_gateway_id = "tgw-0123456789abcdef0" }
  }
  assert {
    condition     = length(aws_route.remote) == 8
    error_message = "two networks from three zones and the control plane"
  }
}

run "overlapping_networks_are_refused" {
  command         = plan
  expect_failures = [aws_ec2_transit_gateway_vpc_attachment.remote]

  variables {
    remote = { cidrs = ["10.30.128.0/20"], transit_gateway_id = "tgw-0123456789abcdef0" }
  }
}

run "input_is_checked" {
  command         = plan
  expect_failures = [var.name, var.cidr, var.zones, var.log_retention_days]

  variables {
    name               = "Pitboss"
    cidr               = "52.0.0.0/16"
    zones              = ["us-east-1a"]
    log_retention_days = 30
  }
}
