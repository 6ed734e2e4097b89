# Of every environment: what its environment.yaml says passes the module's checks and gives what the next stacks take.

mock_provider "aws" {
  source = "../../../mocks/aws"
}

run "it_fits_its_module" {
  command = apply

  assert {
    condition     = length(output.private_subnet_ids) == length(local.environment.network.zones) && length(output.database_subnet_ids) >= 2
    error_message = "a subnet in each zone"
  }
}

run "production_survives_the_loss_of_a_zone" {
  command = plan

  assert {
    condition     = local.environment.environment != "production" || (length(local.environment.network.zones) == 3 && local.environment.network.nat_per_zone)
    error_message = "three zones, each with its own way out"
  }
}
