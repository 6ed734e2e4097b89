import type { Chain } from "../../../crds/generated/chain.ts";
import type { Platform } from "../../config.ts";
import { type Alert, buildAlerts } from "../../platform/alerts.ts";
import { type Child, childMeta } from "./child.ts";
import { childName } from "./names.ts";

/** What somebody should be woken for, told of this chain by its name and namespace. */
export function buildPrometheusRule(chain: Chain, platform: Platform): Child {
  const { name, namespace } = chain.metadata;
  const labels = { ...platform.monitoring.labels };
  const metadata = childMeta(chain, childName(chain, "agent"), { labels });
  const of = { metadata, group: `pitboss-chain-${name}`, labels: { chain: name, namespace } };
  return buildAlerts(of, [...alerts(chain), ...diskAlerts(chain)], platform);
}

function alerts({ metadata }: Chain): readonly Alert[] {
  const { name, namespace } = metadata;
  // The ServiceMonitor copies the label pitboss.dev/chain to every series.
  const own = `namespace="${namespace}", pitboss_dev_chain="${name}"`;
  // The operator's series have the Chain's namespace in a label that Prometheus may rename.
  const told = (metric: string, test: string) =>
    `${metric}{exported_namespace="${namespace}", chain="${name}"} ${test} or ${metric}{namespace="${namespace}", chain="${name}"} ${test}`;
  return [
    {
      alert: "PitbossChainFinalityViolation",
      expr: `max(pitboss_chain_finality_violation{${own}}) == 1 or ${told("pitboss_chain_finality_violated", "== 1")}`,
      for: "0m",
      severity: "critical",
      summary: `A final block of the chain ${name} is gone or in doubt: withdrawals have stopped until a person has looked.`,
    },
    {
      alert: "PitbossChainDown",
      expr: `absent(up{${own}} == 1)`,
      for: "2m",
      severity: "critical",
      summary: `No agent of the chain ${name} answers: no deposits, no withdrawals, no entropy.`,
    },
    {
      alert: "PitbossChainNoQuorum",
      // Not while it syncs: that is no fault.
      expr: `min(pitboss_chain_state{${own}, state="unavailable"}) == 1`,
      for: "5m",
      severity: "critical",
      summary: `The nodes of the chain ${name} do not answer or do not agree: deposits are late and withdrawals wait.`,
    },
    {
      alert: "PitbossChainHeadOld",
      expr: `min(pitboss_chain_state{${own}, state="lagging"}) == 1`,
      for: "10m",
      severity: "warning",
      summary: `The head of the chain ${name} is old: its nodes have lost their peers, or the network makes no blocks.`,
    },
    {
      alert: "PitbossChainNotReady",
      expr: told("pitboss_chain_ready", "== 0"),
      for: "10m",
      severity: "warning",
      summary: `The Chain ${name} is not Ready: kubectl get chain -n ${namespace} ${name} -o wide says why.`,
    },
    {
      alert: "PitbossWithdrawalNeedsAttention",
      expr: `max(pitboss_chain_withdrawals{${own}, state="NEEDS_ATTENTION"}) > 0`,
      for: "0m",
      severity: "critical",
      summary: `A withdrawal on the chain ${name} needs somebody: its nonce was spent by a transaction that is not ours, or every node refuses it.`,
    },
    {
      alert: "PitbossWithdrawalsStuck",
      expr: `max(pitboss_chain_withdrawal_oldest_seconds{${own}, state=~"ACCEPTED|BROADCAST"}) > 3600`,
      for: "5m",
      severity: "critical",
      summary: `A withdrawal on the chain ${name} has waited for an hour, and all later ones behind it.`,
    },
  ];
}

/** A client shuts itself down when its disk is nearly full; this comes first. */
function diskAlerts({ metadata, spec }: Chain): readonly Alert[] {
  const { hostPath } = spec.node.storage;
  const { name, namespace } = metadata;
  const series = hostPath
    ? {
        left: `node_filesystem_avail_bytes{mountpoint="${hostPath}"}`,
        size: `node_filesystem_size_bytes{mountpoint="${hostPath}"}`,
      }
    : {
        left: `kubelet_volume_stats_available_bytes{namespace="${namespace}", persistentvolumeclaim=~"data-${name}-node-.*"}`,
        size: `kubelet_volume_stats_capacity_bytes{namespace="${namespace}", persistentvolumeclaim=~"data-${name}-node-.*"}`,
      };
  return [
    {
      alert: "PitbossChainDiskFilling",
      expr: `${series.left} / ${series.size} < 0.1`,
      for: "15m",
      severity: "warning",
      summary: `Less than a tenth of a disk of the chain ${name} is free; its nodes stop by themselves when it is full.`,
    },
  ];
}
