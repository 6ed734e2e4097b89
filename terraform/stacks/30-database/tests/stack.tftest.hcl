# Of every environment: what its environment.yaml says passes the module's checks.

mock_provider "aws" {
  source = "../../../mocks/aws"
}
mock_provider "http" {
  mock_data "http" {
    defaults = { status_code = 200, response_body = "-----BEGIN CERTIFICATE-----" }
  }
}

override_data {
  target = data.terraform_remote_state.network
  values = {
    outputs = { vpc_id = "vpc-0123456789abcdef0", database_subnet_ids = ["subnet-a", "subnet-b"] }
  }
}

override_data {
  target = data.terraform_remote_state.cluster
  values = {
    outputs = { security_group_id = "sg-0123456789abcdef0" }
  }
}

run "it_fits_its_module" {
  command = plan

  assert {
    condition     = output.identifier == local.environment.name
    error_message = "named after its environment"
  }
}

run "production_loses_nothing" {
  command = plan

  assert {
    condition = local.environment.environment != "production" || (
      local.environment.database.multi_az
      && local.environment.database.backup_retention_days == 35
      && local.environment.database.backup_region != local.environment.region
      && local.environment.protected
    )
    error_message = "a standby, five weeks of backups, in a second region"
  }
}
