/**
 * The conditions of a Chain. Each is an ordered list of pure checks over one observed state: the first
 * that finds something says why the condition is not True. A message is what a person does next.
 */
import type { ConditionRule } from "../platform/claims.ts";
import { blockedBy } from "../platform/finding.ts";
import { ACKNOWLEDGE_ANNOTATION } from "./acknowledge.ts";
import { findViolation, reportsOf } from "./node-facts.ts";
import type { Observed } from "./observe.ts";
import { type Found, podChecks } from "./pod-checks.ts";
import type { Reason } from "./reasons.ts";
import type { AgentReport, NodeReport, NodeState } from "./report-of-agent.ts";

/** In the order in which a Chain is made: Ready's reason is that of the first condition that is not True. */
export const conditionRules = {
  SpecValid: {
    checks: [specRefused],
    well: ({ spec }) => ({
      reason: "Valid",
      message: "terms" in spec ? `the chain is ${spec.terms.chainId}` : "",
    }),
  },
  DatabaseReady: {
    checks: [databaseNotReached, databaseFailed],
    well: () => ({ reason: "Provisioned", message: "the agents' schema is in place" }),
  },
  AgentsAvailable: {
    checks: [agentsNotReached, childFault, noMachine, ...podChecks, podsRefused, agentsStarting],
    well: updateWaits,
  },
  NodesSynced: {
    checks: [nothingReported, wrongChain, nodesUnavailable, nodesSyncing, nodesLagging],
    well: ({ answers }) => ({
      reason: "Synced",
      message: `${count(reportsOf(answers).length, "agent")} at the head of the chain`,
    }),
  },
  Quorum: {
    checks: [nothingReported, nodesDisagree, noQuorum],
    well: () => ({ reason: "Agreed", message: "enough nodes have the same blocks" }),
  },
} as const satisfies Record<string, ConditionRule<Observed, Reason>>;

const count = (number: number, what: string): string =>
  number === 1 ? `1 ${what} is` : `${number} ${what}s are`;

function specRefused({ spec }: Observed): Found | undefined {
  return "refused" in spec ? { reason: "SpecInvalid", message: spec.refused } : undefined;
}

function databaseNotReached({ database }: Observed): Found | undefined {
  return database ? undefined : blockedBy("SpecValid");
}

function databaseFailed({ database }: Observed): Found | undefined {
  return database && "failed" in database ? database.failed : undefined;
}

function agentsNotReached({ daemonSet, database, faults }: Observed): Found | undefined {
  if (daemonSet || faults.length > 0) return undefined;
  if (database && !("failed" in database)) {
    return { reason: "AgentsStarting", message: "the agents are being made" };
  }
  return blockedBy(database ? "DatabaseReady" : "SpecValid");
}

function childFault({ faults }: Observed): Found | undefined {
  return faults[0];
}

function noMachine({ daemonSet, chain }: Observed): Found | undefined {
  const { observedGeneration, desiredNumberScheduled = 0 } = daemonSet?.status ?? {};
  if (observedGeneration === undefined || desiredNumberScheduled > 0) return undefined;
  const labels = Object.entries(chain.spec.placement.nodeSelector)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const message = `no node of the cluster has the labels ${labels}: kubectl label node <name> ${labels}`;
  return { reason: "NoMachine", message };
}

/** A DaemonSet has no condition for it: pods are wanted, and there is none at all. */
function podsRefused({ daemonSet, pods, chain }: Observed): Found | undefined {
  if ((daemonSet?.status?.desiredNumberScheduled ?? 0) === 0 || pods.length > 0) return undefined;
  const { namespace, name } = chain.metadata;
  const message = `no pod was made: kubectl describe daemonset -n ${namespace} ${name}-agent`;
  return { reason: "PodsRefused", message };
}

/** One agent is enough to serve. How its nodes are is for the other conditions to tell. */
function agentsStarting({ daemonSet, answers, chain }: Observed): Found | undefined {
  if (reportsOf(answers).length > 0) return undefined;
  const { namespace, name } = chain.metadata;
  const wanted = daemonSet?.status?.desiredNumberScheduled ?? 0;
  // A kubelet says in events alone why it cannot mount a folder.
  const message = `none of ${wanted} agents answers yet: kubectl describe pods -n ${namespace} -l pitboss.dev/chain=${name}; kubectl logs -n ${namespace} daemonset/${name}-agent -c agent`;
  return { reason: "AgentsStarting", message };
}

function updateWaits({ daemonSet, chain }: Observed): { reason: Reason; message: string } {
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0 } = daemonSet?.status ?? {};
  const old = desiredNumberScheduled - updatedNumberScheduled;
  if (old > 0 && chain.spec.topology === "sidecar") {
    const { namespace, name } = chain.metadata;
    const message = `${count(old, "pod")} of an older template: kubectl delete pod -n ${namespace} -l pitboss.dev/chain=${name} --wait, one at a time`;
    return { reason: "UpdateWaits", message };
  }
  return { reason: "Available", message: `${count(desiredNumberScheduled, "machine")} chosen` };
}

function nothingReported({ answers }: Observed): Found | undefined {
  if (reportsOf(answers).length > 0) return undefined;
  const message = "no agent has answered how its nodes are; see the message of AgentsAvailable";
  return { reason: "Unreported", message, unknown: true };
}

function wrongChain(state: Observed): Found | undefined {
  const node = nodesIn(state, "WRONG_CHAIN")[0];
  return (
    node && { reason: "WrongChain", message: `${node.name} is of another chain: ${node.message}` }
  );
}

/** What all agents agree is wrong: one that serves is enough. */
function everyAgent(
  { answers }: Observed,
  states: readonly AgentReport["state"][],
): AgentReport | undefined {
  const reports = reportsOf(answers);
  const serving = reports.some(({ state }) => ["OK", "FINALITY_VIOLATION"].includes(state));
  return serving ? undefined : reports.find(({ state }) => states.includes(state));
}

function nodesUnavailable(state: Observed): Found | undefined {
  const report = everyAgent(state, ["UNAVAILABLE", "UNKNOWN"]);
  if (!report || report.nodes.some(({ state }) => state === "FORKED")) return undefined;
  const node = report.nodes.find(({ state }) => state === "UNAVAILABLE");
  const message = node ? `${node.name} does not answer: ${node.message}` : "no node answers";
  return { reason: "NodesUnavailable", message };
}

function nodesSyncing(state: Observed): Found | undefined {
  const report = everyAgent(state, ["SYNCING"]);
  const node = report?.nodes.find((one) => one.state === "SYNCING");
  return report && { reason: "Syncing", message: `the nodes sync. ${node?.message ?? ""}`.trim() };
}

function nodesLagging(state: Observed): Found | undefined {
  const report = everyAgent(state, ["LAGGING"]);
  if (!report) return undefined;
  const age =
    report.headAgeSeconds === undefined
      ? ""
      : ` (its last block is ${report.headAgeSeconds >= 60 ? "minutes" : "seconds"} old)`;
  return { reason: "Lagging", message: `the nodes are behind the chain's head${age}` };
}

function nodesDisagree(state: Observed): Found | undefined {
  const node = nodesIn(state, "FORKED")[0];
  return (
    node && {
      reason: "NodesDisagree",
      message: `${node.name} follows another branch: ${node.message}`,
    }
  );
}

function noQuorum(state: Observed): Found | undefined {
  const report = everyAgent(state, ["UNAVAILABLE", "UNKNOWN"]);
  if (!report) return undefined;
  const good = report.nodes.filter((one) => one.state === "OK").length;
  return {
    reason: "NoQuorum",
    message: `${good} of ${report.nodes.length} nodes can be counted on`,
  };
}

function nodesIn({ answers }: Observed, state: NodeState): NodeReport[] {
  return reportsOf(answers).flatMap(({ nodes }) => nodes.filter((one) => one.state === state));
}

/** Finality is broken: by an agent's word, or because two agents call different blocks final. */
export function finalityBroken({ answers, violation, chain }: Observed): Found | undefined {
  const what = findViolation(answers);
  if (what === undefined) return undefined;
  const { namespace, name } = chain.metadata;
  const cure =
    violation === undefined
      ? "Look into it"
      : `When you know which chain is right: kubectl annotate chain -n ${namespace} ${name} --overwrite ${ACKNOWLEDGE_ANNOTATION}="${violation} <your name>: <what you found>"`;
  return { reason: "FinalityBroken", message: `${what}. Withdrawals have stopped. ${cure}` };
}
