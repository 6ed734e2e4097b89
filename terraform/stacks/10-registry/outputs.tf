output "urls" {
  description = "Where images are pushed to and pulled from."
  value       = module.registry.urls
}
