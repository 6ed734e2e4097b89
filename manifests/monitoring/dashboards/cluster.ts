import { type Dashboard, figure, graph, table } from "./panel.ts";

/** From kube-state-metrics, node-exporter, the kubelet, and OpenCost for what it costs. */
export const cluster: Dashboard = {
  name: "cluster",
  title: "Cluster",
  variables: [{ label: "namespace", from: "kube_pod_info" }],
  rows: [
    {
      title: "Nodes",
      panels: [
        figure("Nodes", "short", "count(kube_node_info)"),
        table(
          "Nodes that are not Ready",
          'kube_node_status_condition{condition="Ready", status!="true"} == 1',
        ),
        graph("Processor", "percentunit", {
          "{{instance}}": '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
        }),
        graph("Memory in use", "percentunit", {
          "{{instance}}": "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes",
        }),
        graph("Disk in use", "percentunit", {
          "{{instance}} {{mountpoint}}":
            '1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes{fstype!~"tmpfs|overlay"}',
        }),
        graph("Network", "Bps", {
          "{{instance}} in": "sum by (instance) (rate(node_network_receive_bytes_total[5m]))",
          "{{instance}} out": "sum by (instance) (rate(node_network_transmit_bytes_total[5m]))",
        }),
      ],
    },
    {
      title: "Pods",
      panels: [
        graph("Restarts", "short", {
          "{{namespace}}/{{pod}}":
            'increase(kube_pod_container_status_restarts_total{namespace=~"$namespace"}[15m]) > 0',
        }),
        graph("Memory of the containers", "bytes", {
          "{{namespace}}":
            'sum by (namespace) (container_memory_working_set_bytes{namespace=~"$namespace", container!=""})',
        }),
        table(
          "Pods that wait",
          'kube_pod_status_phase{phase="Pending", namespace=~"$namespace"} == 1',
        ),
      ],
    },
    {
      title: "Cost",
      panels: [
        figure("Nodes, a month", "currencyUSD", "sum(node_total_hourly_cost) * 730"),
        graph("Nodes, an hour", "currencyUSD", {
          "{{instance_type}}": "sum by (instance_type) (node_total_hourly_cost)",
        }),
        figure(
          "A thousand rounds",
          "currencyUSD",
          'sum(node_total_hourly_cost) / (sum(rate(pitboss_rounds_total{result="created"}[1h])) * 3.6)',
          "Nodes only: the database, traffic and the edge are on the bill of the cloud.",
        ),
      ],
    },
  ],
};
