# cloudflared in the cluster calls out; no address of ours is public. Its token is not read here, where it would be in the
# state: `cloudflared tunnel token ID` gives it to whoever puts it into Vault (docs/terraform.md).

resource "cloudflare_zero_trust_tunnel_cloudflared" "this" {
  count = var.tunnel == null ? 0 : 1

  account_id = var.account_id
  name       = var.name
  config_src = "cloudflare"
}

resource "cloudflare_zero_trust_tunnel_cloudflared_config" "this" {
  count = var.tunnel == null ? 0 : 1

  account_id = var.account_id
  tunnel_id  = cloudflare_zero_trust_tunnel_cloudflared.this[0].id

  config = {
    ingress = [
      {
        hostname       = var.hostname
        service        = var.tunnel.service
        origin_request = { http2_origin = startswith(var.tunnel.service, "https://") }
      },
      # Whatever else asks.
      { service = "http_status:404" },
    ]
  }
}
