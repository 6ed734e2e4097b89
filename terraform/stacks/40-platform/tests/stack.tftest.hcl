# Of every environment: what its environment.yaml says passes the modules' checks, and Argo CD is given what git has.

mock_provider "aws" {
  source = "../../../mocks/aws"
}
mock_provider "cloudflare" {
  mock_data "cloudflare_ip_ranges" {
    defaults = { ipv4_cidrs = ["173.245.48.0/20"] }
  }
}
mock_provider "helm" {}

override_data {
  target = data.terraform_remote_state.network
  values = {
    outputs = { vpc_id = "vpc-0123456789abcdef0", public_subnet_ids = ["subnet-a", "subnet-b"] }
  }
}

override_data {
  target = data.terraform_remote_state.cluster
  values = {
    outputs = {
      name                  = "pitboss"
      endpoint              = "https://mock.eks.amazonaws.com"
      certificate_authority = "bW9jaw=="
      security_group_id     = "sg-0123456789abcdef0"
    }
  }
}

variables {
  origin_pull = { certificate = "certificate", private_key = "key" }
}

run "it_fits_its_modules" {
  command = plan

  assert {
    condition     = output.url == "https://${local.environment.edge.hostname}"
    error_message = "players' address"
  }
  assert {
    condition     = local.edge.tunnel == null || try(local.edge.tunnel.service, "") == "http://${yamldecode(file("${local.argocd}/../gateway/envoy-proxy.yaml")).spec.provider.kubernetes.envoyService.name}.envoy-gateway-system.svc"
    error_message = "the tunnel leads to the gateway's Service"
  }
  assert {
    condition     = endswith(yamldecode(file("${local.argocd}/root/${local.environment.environment}.yaml")).spec.source.path, "/${local.environment.environment}")
    error_message = "Argo CD brings this environment and no other"
  }
  assert {
    condition     = strcontains(yamldecode(file("${local.argocd}/root/${local.environment.environment}.yaml")).spec.source.repoURL, local.environment.repository)
    error_message = "from the repository whose jobs deploy"
  }
}
