locals {
  allowed = join(" ", [for country in sort(var.countries) : "\"${country}\""])

  # Operations are for inside; nothing of them has a route, and this stays true when somebody makes one.
  inside = "starts_with(http.request.uri.path, \"/metrics\") or starts_with(http.request.uri.path, \"/dev/\") or starts_with(http.request.uri.path, \"/livez\") or starts_with(http.request.uri.path, \"/readyz\")"

  country_rules = length(var.countries) == 0 ? [] : [{
    ref         = "licence"
    description = "Only where the licence allows play"
    expression  = "not ip.src.country in {${local.allowed}}"
    action      = "block"
  }]
}

resource "cloudflare_ruleset" "firewall" {
  zone_id = var.zone_id
  name    = "${var.name} firewall"
  kind    = "zone"
  phase   = "http_request_firewall_custom"

  rules = concat(local.country_rules, [{
    ref         = "inside"
    description = "Operations are not for players"
    expression  = local.inside
    action      = "block"
  }])
}

# Cloudflare's managed rules, and OWASP's. Their ids are Cloudflare's own and the same for every zone.
resource "cloudflare_ruleset" "managed" {
  zone_id = var.zone_id
  name    = "${var.name} managed rules"
  kind    = "zone"
  phase   = "http_request_firewall_managed"

  rules = [for ref, id in { cloudflare = "efb7b8c949ac4650a09736fc376e9aee", owasp = "4814384a9e5d4991b9815dcfc25d2f1f" } : {
    ref               = ref
    description       = "Managed rules: ${ref}"
    expression        = "true"
    action            = "execute"
    action_parameters = { id = id }
  }]
}

# A flood is stopped here; what a player may do is limited by the gateway, by token.
resource "cloudflare_ruleset" "limits" {
  zone_id = var.zone_id
  name    = "${var.name} limits"
  kind    = "zone"
  phase   = "http_ratelimit"

  rules = [{
    ref         = "address"
    description = "Requests of one address"
    expression  = "http.host eq \"${var.hostname}\""
    action      = "block"
    ratelimit = {
      characteristics     = ["ip.src", "cf.colo.id"]
      period              = 10
      requests_per_period = var.requests_per_10_seconds
      mitigation_timeout  = 10
    }
  }]
}

# Balances and rounds are never cached, whatever a header says; the pages' files are.
resource "cloudflare_ruleset" "cache" {
  zone_id = var.zone_id
  name    = "${var.name} cache"
  kind    = "zone"
  phase   = "http_request_cache_settings"

  rules = [{
    ref               = "never"
    description       = "Answers to players are nobody else's"
    expression        = "http.host eq \"${var.hostname}\" and not starts_with(http.request.uri.path, \"/assets/\")"
    action            = "set_cache_settings"
    action_parameters = { cache = false }
  }]
}
