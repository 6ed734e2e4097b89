import { type Dashboard, graph, table } from "./panel.ts";

const chain = "{{pitboss_dev_chain}}";
const byChain = (metric: string) => `max by (pitboss_dev_chain) (pitboss_chain_${metric})`;

export const chains: Dashboard = {
  name: "chain",
  title: "Chains",
  rows: [
    {
      title: "The chain",
      panels: [
        graph(
          "Finality violated",
          "short",
          { [chain]: byChain("finality_violation") },
          "1: a block that was final is gone or in doubt. Withdrawals stand still until a person has looked.",
        ),
        graph("Head and finalized block", "short", {
          [`head ${chain}`]: byChain("head_height"),
          [`finalized ${chain}`]: byChain("finalized_height"),
        }),
        graph("Age of the head", "s", { [chain]: byChain("head_age_seconds") }),
        graph("Blocks taken back", "short", {
          [chain]: "sum by (pitboss_dev_chain) (increase(pitboss_chain_undone_blocks_sum[1h]))",
        }),
        graph("Height by node", "short", {
          [`${chain} {{node}}`]:
            "max by (pitboss_dev_chain, node) (pitboss_chain_node_head_height)",
        }),
        table("Nodes that are not well", 'pitboss_chain_node_state{state!="ok"} == 1'),
      ],
    },
    {
      title: "Deposits and withdrawals",
      panels: [
        graph(
          "Searched for deposits up to",
          "short",
          { "{{chain}}": "max by (chain) (pitboss_chain_scanned_height)" },
          "Where it stands still, players' deposits are late; none is lost.",
        ),
        graph("Withdrawals under way", "short", {
          "{{chain}} {{state}}": "max by (chain, state) (pitboss_chain_withdrawals)",
        }),
        graph("Oldest withdrawal", "s", {
          "{{chain}} {{state}}": "max by (chain, state) (pitboss_chain_withdrawal_oldest_seconds)",
        }),
        graph("Waiting at the cashier", "short", {
          "{{chain}} {{what}}": "max by (chain, what) (pitboss_cashier_waiting)",
        }),
        graph("Oldest at the cashier", "s", {
          "{{chain}} {{what}}": "max by (chain, what) (pitboss_cashier_oldest_seconds)",
        }),
        graph("What the cashier did", "short", {
          "{{event}}": "sum by (event) (increase(pitboss_cashier_events_total[1h]))",
        }),
      ],
    },
    {
      title: "The agents",
      panels: [
        graph("Calls, p99", "s", {
          "{{method}}":
            "histogram_quantile(0.99, sum by (le, method) (rate(pitboss_grpc_request_seconds_bucket[5m])))",
        }),
        graph("Refused calls", "reqps", {
          "{{method}} {{code}}":
            'sum by (method, code) (rate(pitboss_grpc_request_seconds_count{code!="OK"}[5m]))',
        }),
        graph("Open streams", "short", {
          "{{method}}": "sum by (method) (pitboss_grpc_streams)",
        }),
      ],
    },
  ],
};
