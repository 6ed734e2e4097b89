bucket     = "pitboss-shared-state-111111111111"
region     = "eu-west-1"
kms_key_id = "alias/pitboss-shared/state"
