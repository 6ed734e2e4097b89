mock_provider "aws" {
  source = "../../../mocks/aws"
}

run "it_fits_its_module" {
  command = apply

  assert {
    condition     = keys(output.urls) == ["pitboss"]
    error_message = "the one image"
  }
}
