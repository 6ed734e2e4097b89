import { type Dashboard, figure, graph } from "./panel.ts";

const requests = "pitboss_http_request_seconds_count";

export const services: Dashboard = {
  name: "services",
  title: "Services",
  rows: [
    {
      title: "What players see",
      panels: [
        figure(
          "Availability, 30 days",
          "percentunit",
          `1 - sum(increase(${requests}{status=~"5.."}[30d])) / sum(increase(${requests}[30d]))`,
          "The goal is 99.9%.",
        ),
        figure(
          "Error budget left",
          "percentunit",
          `1 - (sum(increase(${requests}{status=~"5.."}[30d])) / sum(increase(${requests}[30d]))) / 0.001`,
        ),
        graph("Requests", "reqps", { "{{job}}": `sum by (job) (rate(${requests}[5m]))` }),
        graph(
          "Failed requests",
          "percentunit",
          {
            "{{job}}": `sum by (job) (rate(${requests}{status=~"5.."}[5m])) / sum by (job) (rate(${requests}[5m]))`,
          },
          "Above 1% for five minutes somebody is woken.",
        ),
        graph("Time of a request", "s", {
          "p50 {{job}}":
            "histogram_quantile(0.5, sum by (le, job) (rate(pitboss_http_request_seconds_bucket[5m])))",
          "p99 {{job}}":
            "histogram_quantile(0.99, sum by (le, job) (rate(pitboss_http_request_seconds_bucket[5m])))",
        }),
        graph("Refusals", "reqps", {
          "{{result}}":
            'sum by (result) (rate(pitboss_rounds_total{result!~"created|replayed"}[5m]))',
        }),
        graph(
          "Voided rounds in a day",
          "short",
          { "{{game}}": "sum by (game) (increase(pitboss_voids_total[1d]))" },
          "By administrators: the journal, GET /voids, says which, by whom and why.",
        ),
      ],
    },
    {
      title: "Processes",
      panels: [
        graph("Memory", "bytes", {
          "{{pod}}": "max by (pod) (pitboss_process_resident_memory_bytes)",
        }),
        graph("Processor", "percentunit", {
          "{{pod}}": "sum by (pod) (rate(pitboss_process_cpu_seconds_total[5m]))",
        }),
        graph(
          "Event loop, p99 delay",
          "s",
          { "{{pod}}": "max by (pod) (pitboss_nodejs_eventloop_lag_p99_seconds)" },
          "Rises before anything else when a process has too much to do.",
        ),
      ],
    },
    {
      title: "Database connections",
      panels: [
        graph("Connections", "short", {
          "{{state}}": "sum by (state) (pitboss_database_connections)",
        }),
        graph("One SQL call of rounds", "s", {
          p50: "histogram_quantile(0.5, sum by (le) (rate(pitboss_batch_seconds_bucket[5m])))",
          p99: "histogram_quantile(0.99, sum by (le) (rate(pitboss_batch_seconds_bucket[5m])))",
        }),
        graph("Rounds in a call", "short", {
          mean: "sum(rate(pitboss_batch_rounds_sum[5m])) / sum(rate(pitboss_batch_rounds_count[5m]))",
        }),
      ],
    },
  ],
};
