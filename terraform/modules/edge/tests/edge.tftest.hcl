mock_provider "aws" {
  source = "../../mocks/aws"
}
mock_provider "cloudflare" {
  mock_data "cloudflare_ip_ranges" {
    defaults = { ipv4_cidrs = ["173.245.48.0/20", "103.21.244.0/22"] }
  }
}

variables {
  name        = "pitboss-test"
  zone_id     = "0123456789abcdef0123456789abcdef"
  account_id  = "fedcba9876543210fedcba9876543210"
  hostname    = "play.example.com"
  origin_pull = { certificate = "certificate", private_key = "key" }
  load_balancer = {
    vpc_id                 = "vpc-0123456789abcdef0"
    subnet_ids             = ["subnet-a", "subnet-b"]
    pods_security_group_id = "sg-0123456789abcdef0"
  }
}

run "the_zone_takes_only_good_tls_and_no_replays" {
  command = plan

  assert {
    condition     = local.settings.ssl == "strict" && local.settings.min_tls_version == "1.2" && local.settings["0rtt"] == "off" && local.settings.always_use_https == "on"
    error_message = "strict TLS 1.2, no early data"
  }
  assert {
    condition     = length(cloudflare_zone_setting.this) == length(local.settings) && cloudflare_zone_setting.hsts.value.strict_transport_security.enabled
    error_message = "all of them, and HSTS"
  }
  assert {
    condition     = cloudflare_zone_dnssec.this.status == "active" && cloudflare_dns_record.this.proxied
    error_message = "signed, and behind the edge"
  }
}

run "only_cloudflare_reaches_the_load_balancer" {
  command = plan

  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.cloudflare : "${rule.cidr_ipv4} ${rule.from_port}-${rule.to_port}"]) == toset(["173.245.48.0/20 443-443", "103.21.244.0/22 443-443"])
    error_message = "its addresses, HTTPS"
  }
  assert {
    condition     = cloudflare_authenticated_origin_pulls_settings.this[0].enabled
    error_message = "and only with our client certificate"
  }
  assert {
    condition     = aws_lb.origin[0].enable_deletion_protection && length(cloudflare_zero_trust_tunnel_cloudflared.this) == 0
    error_message = "protected, and no tunnel beside it"
  }
}

run "a_load_balancer_without_a_certificate_is_refused" {
  command         = plan
  expect_failures = [cloudflare_authenticated_origin_pulls_certificate.this]

  variables {
    origin_pull = null
  }
}

run "a_tunnel_makes_nothing_public" {
  command = plan

  variables {
    load_balancer = null
    origin_pull   = null
    tunnel        = { service = "http://gateway.envoy-gateway-system.svc" }
  }
  assert {
    condition     = length(aws_lb.origin) == 0 && length(aws_vpc_security_group_ingress_rule.cloudflare) == 0
    error_message = "no load balancer, no open port"
  }
  assert {
    condition     = [for rule in cloudflare_zero_trust_tunnel_cloudflared_config.this[0].config.ingress : rule.service] == ["http://gateway.envoy-gateway-system.svc", "http_status:404"]
    error_message = "one way in, and 404 for the rest"
  }
}

run "one_origin" {
  command         = plan
  expect_failures = [cloudflare_dns_record.this]

  variables {
    tunnel = { service = "http://gateway.envoy-gateway-system.svc" }
  }
}

run "play_only_where_the_licence_allows" {
  command = plan

  variables {
    countries = ["SE", "MT"]
  }
  assert {
    condition     = cloudflare_ruleset.firewall.rules[0].expression == "not ip.src.country in {\"MT\" \"SE\"}" && cloudflare_ruleset.firewall.rules[0].action == "block"
    error_message = "the two countries"
  }
  assert {
    condition     = strcontains(cloudflare_ruleset.firewall.rules[1].expression, "/metrics")
    error_message = "operations are blocked everywhere"
  }
}

run "answers_are_not_cached" {
  command = plan

  assert {
    condition     = cloudflare_ruleset.cache.rules[0].action_parameters.cache == false
    error_message = "a balance is nobody else's"
  }
  assert {
    condition     = cloudflare_ruleset.limits.rules[0].ratelimit.requests_per_period == 400
    error_message = "a limit for each address"
  }
}

run "input_is_checked" {
  command         = plan
  expect_failures = [var.zone_id, var.account_id, var.hostname, var.countries, var.requests_per_10_seconds, var.tunnel]

  variables {
    zone_id                 = "zone"
    account_id              = "account"
    hostname                = "https://play.example.com/"
    countries               = ["Malta"]
    requests_per_10_seconds = 1
    tunnel                  = { service = "gateway" }
    load_balancer           = null
  }
}
