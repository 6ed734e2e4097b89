output "key_arn" {
  description = "The key that the bucket is encrypted with, once it is."
  value       = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id
}
