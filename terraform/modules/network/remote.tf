# The way to the bare metal: the kubelets of hybrid nodes reach the API server over it, and the control plane them.

resource "aws_ec2_transit_gateway_vpc_attachment" "remote" {
  count = var.remote == null ? 0 : 1

  vpc_id             = aws_vpc.this.id
  subnet_ids         = [for subnet in aws_subnet.control : subnet.id]
  transit_gateway_id = var.remote.transit_gateway_id

  tags = { Name = "${var.name}-bare-metal" }

  lifecycle {
    precondition {
      condition     = alltrue([for cidr in var.remote.cidrs : split(".", cidr)[0] != split(".", var.cidr)[0] || split(".", cidr)[1] != split(".", var.cidr)[1]])
      error_message = "The networks of the bare metal overlap the VPC's."
    }
  }
}

locals {
  remote_routes = {
    for pair in setproduct(concat(var.zones, ["control"]), try(var.remote.cidrs, [])) : join(" ", pair) => {
      table = pair[0]
      cidr  = pair[1]
    }
  }
}

resource "aws_route" "remote" {
  for_each = local.remote_routes

  route_table_id         = each.value.table == "control" ? aws_route_table.control.id : aws_route_table.private[each.value.table].id
  destination_cidr_block = each.value.cidr
  transit_gateway_id     = var.remote.transit_gateway_id

  depends_on = [aws_ec2_transit_gateway_vpc_attachment.remote]
}
