bucket     = "pitboss-production-state-444444444444"
region     = "eu-west-1"
kms_key_id = "alias/pitboss-production/state"
