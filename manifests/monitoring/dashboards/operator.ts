import { type Dashboard, figure, graph } from "./panel.ts";

export const operator: Dashboard = {
  name: "operator",
  title: "Operator",
  rows: [
    {
      title: "Leading",
      panels: [
        figure("Leaders", "short", "sum(leader_election_master_status)", "Exactly one."),
        figure(
          "Time until a Game is Ready, p50",
          "s",
          "histogram_quantile(0.5, sum by (le) (rate(pitboss_game_time_to_ready_seconds_bucket[1d])))",
        ),
        graph("Memory", "bytes", {
          "{{pod}}": 'max by (pod) (pitboss_process_resident_memory_bytes{job="pitboss-operator"})',
        }),
      ],
    },
    {
      title: "Reconciling",
      panels: [
        graph("Reconciles", "ops", {
          "{{controller}} {{result}}":
            "sum by (controller, result) (rate(controller_runtime_reconcile_total[5m]))",
        }),
        graph("Errors", "ops", {
          "{{controller}}":
            "sum by (controller) (rate(controller_runtime_reconcile_errors_total[5m]))",
        }),
        graph("Time of a reconcile, p99", "s", {
          "{{controller}}":
            "histogram_quantile(0.99, sum by (le, controller) (rate(controller_runtime_reconcile_time_seconds_bucket[5m])))",
        }),
        graph("Queue", "short", { "{{controller}}": "sum by (controller) (workqueue_depth)" }),
        graph("Longest running", "s", {
          "{{controller}}": "max by (controller) (workqueue_longest_running_processor_seconds)",
        }),
        graph("Retries", "ops", {
          "{{controller}}": "sum by (controller) (rate(workqueue_retries_total[5m]))",
        }),
      ],
    },
    {
      title: "Kubernetes API",
      panels: [
        graph(
          "Calls",
          "reqps",
          { "{{method}} {{code}}": "sum by (method, code) (rate(rest_client_requests_total[5m]))" },
          "At rest there are only GETs of watches, and the Lease's renewals.",
        ),
        graph("Time of a call, p99", "s", {
          "{{verb}}":
            "histogram_quantile(0.99, sum by (le, verb) (rate(rest_client_request_duration_seconds_bucket[5m])))",
        }),
        graph("Lists made again", "ops", {
          "{{kind}} {{why}}": "sum by (kind, why) (rate(pitboss_cache_relist_total[15m]))",
        }),
      ],
    },
  ],
};
