import { type Dashboard, graph } from "./panel.ts";

const instance = "{{dbinstance_identifier}}";

/** From CloudWatch by yet-another-cloudwatch-exporter, which names metrics aws_rds_<metric>_<statistic>. */
export const rds: Dashboard = {
  name: "rds",
  title: "Database (RDS)",
  variables: [{ label: "dbinstance_identifier", from: "aws_rds_cpuutilization_average" }],
  rows: [
    {
      title: "Load",
      panels: [
        graph("Processor", "percent", { [instance]: of("aws_rds_cpuutilization_average") }),
        graph("Connections", "short", { [instance]: of("aws_rds_database_connections_average") }),
        graph("Free memory", "bytes", { [instance]: of("aws_rds_freeable_memory_average") }),
      ],
    },
    {
      title: "Storage",
      panels: [
        graph("Free", "bytes", { [instance]: of("aws_rds_free_storage_space_average") }),
        graph("Write latency", "s", { [instance]: of("aws_rds_write_latency_average") }),
        graph("Operations", "iops", {
          [`reads ${instance}`]: of("aws_rds_read_iops_average"),
          [`writes ${instance}`]: of("aws_rds_write_iops_average"),
        }),
      ],
    },
    {
      title: "Safety",
      panels: [
        graph("Replica lag", "s", { [instance]: of("aws_rds_replica_lag_average") }),
        graph(
          "Transaction ids used",
          "short",
          { [instance]: of("aws_rds_maximum_used_transaction_ids_average") },
          "Beyond two thousand million the server stops taking writes.",
        ),
        graph("Queue of the disk", "short", { [instance]: of("aws_rds_disk_queue_depth_average") }),
      ],
    },
  ],
};

function of(metric: string): string {
  return `${metric}{dbinstance_identifier=~"$dbinstance_identifier"}`;
}
