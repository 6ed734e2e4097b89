# What stands between players and the gateway: the zone's TLS, its rules, and the name.

locals {
  settings = {
    # Cloudflare checks the origin's certificate too.
    ssl                      = "strict"
    min_tls_version          = "1.2"
    tls_1_3                  = "on"
    always_use_https         = "on"
    automatic_https_rewrites = "on"
    # Early data can be replayed by whoever copied it: a bet must not.
    "0rtt"        = "off"
    websockets    = "on"
    browser_check = "on"
  }
}

resource "cloudflare_zone_setting" "this" {
  for_each = local.settings

  zone_id    = var.zone_id
  setting_id = each.key
  value      = each.value
}

resource "cloudflare_zone_setting" "hsts" {
  zone_id    = var.zone_id
  setting_id = "security_header"

  value = {
    strict_transport_security = {
      enabled            = true
      max_age            = 31536000
      include_subdomains = true
      preload            = false
      nosniff            = true
    }
  }
}

resource "cloudflare_zone_dnssec" "this" {
  zone_id = var.zone_id
  status  = "active"
}

resource "cloudflare_dns_record" "this" {
  zone_id = var.zone_id
  name    = var.hostname
  type    = "CNAME"
  content = var.tunnel == null ? one(aws_lb.origin[*].dns_name) : "${one(cloudflare_zero_trust_tunnel_cloudflared.this[*].id)}.cfargotunnel.com"
  proxied = true
  ttl     = 1
  comment = var.name

  lifecycle {
    precondition {
      condition     = (var.tunnel == null) != (var.load_balancer == null)
      error_message = "One of load_balancer and tunnel."
    }
  }
}
