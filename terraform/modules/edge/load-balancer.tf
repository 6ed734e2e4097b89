# The load balancer is terraform's, not a controller's: a destroy of the VPC finds nothing that it does not know. Pods are
# put into its target group by a TargetGroupBinding, which names it.

locals {
  balanced = var.load_balancer == null ? 0 : 1
  # Where Envoy Gateway's proxies listen for port 443.
  proxy_port = 10443
}

data "cloudflare_ip_ranges" "edge" {}

resource "aws_security_group" "origin" {
  count = local.balanced

  name        = "${var.name}-edge"
  description = "HTTPS from Cloudflare alone"
  vpc_id      = var.load_balancer.vpc_id

  tags = { Name = "${var.name}-edge" }
}

resource "aws_vpc_security_group_ingress_rule" "cloudflare" {
  for_each = local.balanced == 0 ? [] : toset(data.cloudflare_ip_ranges.edge.ipv4_cidrs)

  security_group_id = aws_security_group.origin[0].id
  description       = "HTTPS from Cloudflare"
  cidr_ipv4         = each.key
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "proxies" {
  count = local.balanced

  security_group_id            = aws_security_group.origin[0].id
  description                  = "To the gateway's proxies"
  referenced_security_group_id = var.load_balancer.pods_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.proxy_port
  to_port                      = local.proxy_port
}

resource "aws_vpc_security_group_ingress_rule" "proxies" {
  count = local.balanced

  security_group_id            = var.load_balancer.pods_security_group_id
  description                  = "From the edge's load balancer"
  referenced_security_group_id = aws_security_group.origin[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.proxy_port
  to_port                      = local.proxy_port
}

resource "aws_lb" "origin" {
  count = local.balanced

  name                             = "${var.name}-edge"
  load_balancer_type               = "network"
  internal                         = false
  subnets                          = var.load_balancer.subnet_ids
  security_groups                  = [aws_security_group.origin[0].id]
  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.load_balancer.protected
}

resource "aws_lb_target_group" "origin" {
  count = local.balanced

  name        = "${var.name}-edge"
  vpc_id      = var.load_balancer.vpc_id
  target_type = "ip"
  protocol    = "TCP"
  port        = local.proxy_port
  # Longer than the proxies drain.
  deregistration_delay = 90
  preserve_client_ip   = "false"

  health_check {
    protocol = "TCP"
    interval = 10
  }
}

# TLS goes through to Envoy, which asks Cloudflare for our client certificate.
resource "aws_lb_listener" "origin" {
  count = local.balanced

  load_balancer_arn = aws_lb.origin[0].arn
  port              = 443
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.origin[0].arn
  }
}

# Our own certificate: Cloudflare's shared one proves only that somebody's account there calls.
resource "cloudflare_authenticated_origin_pulls_certificate" "this" {
  count = local.balanced

  zone_id     = var.zone_id
  certificate = var.origin_pull.certificate
  private_key = var.origin_pull.private_key

  lifecycle {
    # A new one is in use before the old one goes.
    create_before_destroy = true

    precondition {
      condition     = var.origin_pull != null
      error_message = "A load balancer needs origin_pull: without it anybody's zone at Cloudflare reaches the gateway."
    }
  }
}

resource "cloudflare_authenticated_origin_pulls_settings" "this" {
  count = local.balanced

  zone_id = var.zone_id
  enabled = true

  depends_on = [cloudflare_authenticated_origin_pulls_certificate.this]
}
