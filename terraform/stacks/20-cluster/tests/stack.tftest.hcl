# Of every environment: what its environment.yaml says passes the module's checks.

mock_provider "aws" {
  source = "../../../mocks/aws"
}

override_data {
  target = data.terraform_remote_state.network
  values = {
    outputs = {
      control_subnet_ids = ["subnet-a", "subnet-b"]
      private_subnet_ids = ["subnet-c", "subnet-d"]
    }
  }
}


run "it_fits_its_module" {
  command = plan

  assert {
    condition     = alltrue([for cidr in local.environment.cluster.api_cidrs : cidr != "0.0.0.0/0"])
    error_message = "not for everybody"
  }
}

run "production_is_protected_and_nobody_there_is_administrator_of_everything" {
  command = plan

  assert {
    condition = local.environment.environment != "production" || (
      local.environment.protected && alltrue([for it in values(local.environment.cluster.access) : it.policy != "AmazonEKSClusterAdminPolicy"])
    )
    error_message = "protected, and only the role of CD"
  }
}
