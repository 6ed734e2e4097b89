bucket     = "pitboss-staging-state-333333333333"
region     = "eu-west-1"
kms_key_id = "alias/pitboss-staging/state"
