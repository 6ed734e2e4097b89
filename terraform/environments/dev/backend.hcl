bucket     = "pitboss-dev-state-222222222222"
region     = "eu-west-1"
kms_key_id = "alias/pitboss-dev/state"
