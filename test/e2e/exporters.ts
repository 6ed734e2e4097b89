/**
 * What the exporters that stand beside Pitboss report, as far as our rules and dashboards use it. Each list is from the exporter's
 * own documentation, named beside it; what Pitboss itself reports is read from its running processes instead.
 */
export const exporters: Readonly<Record<string, readonly string[]>> = {
  // prometheus.io/docs/concepts/jobs_instances
  prometheus: ["up", "ALERTS"],
  // github.com/kubernetes/kube-state-metrics, docs/metrics
  "kube-state-metrics": [
    "kube_node_info",
    "kube_node_status_condition",
    "kube_pod_info",
    "kube_pod_status_phase",
    "kube_pod_container_status_restarts_total",
    "kube_daemonset_status_number_unavailable",
    "kube_job_status_failed",
  ],
  // github.com/prometheus/node_exporter, collectors cpu, meminfo, filesystem, netdev
  "node-exporter": [
    "node_cpu_seconds_total",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes",
    "node_filesystem_avail_bytes",
    "node_filesystem_size_bytes",
    "node_network_receive_bytes_total",
    "node_network_transmit_bytes_total",
  ],
  // The kubelet's cAdvisor: github.com/google/cadvisor, docs/storage/prometheus.md
  cadvisor: ["container_memory_working_set_bytes", "container_cpu_usage_seconds_total"],
  // opencost.io/docs/integrations/metrics
  opencost: ["node_total_hourly_cost"],
  // github.com/prometheus-community/yet-another-cloudwatch-exporter: aws_rds_<metric in snake case>_<statistic>, for the metrics that
  // manifests/monitoring/values/cloudwatch-exporter.yaml lists
  "cloudwatch-exporter": [
    "aws_rds_cpuutilization_average",
    "aws_rds_database_connections_average",
    "aws_rds_freeable_memory_average",
    "aws_rds_free_storage_space_average",
    "aws_rds_write_latency_average",
    "aws_rds_read_iops_average",
    "aws_rds_write_iops_average",
    "aws_rds_replica_lag_average",
    "aws_rds_maximum_used_transaction_ids_average",
    "aws_rds_disk_queue_depth_average",
  ],
  // argo-cd.readthedocs.io, operator-manual/metrics
  "argo-cd": ["argocd_app_info"],
  // external-secrets.io, api/metrics
  "external-secrets": ["externalsecret_status_condition"],
  // developers.cloudflare.com, tunnel metrics
  cloudflared: ["cloudflared_tunnel_ha_connections"],
};
