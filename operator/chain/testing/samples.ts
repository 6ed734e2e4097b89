import { chainTerms } from "../../../crds/chain-terms.ts";
import type { Chain, ChainSpec } from "../../../crds/generated/chain.ts";
import type { LivePod } from "../live.ts";
import type { Observed } from "../observe.ts";
import { type AgentReport, readReport } from "../report-of-agent.ts";
import type { ChainFacts } from "../resources/facts.ts";

/** A Chain as the API server hands it out, its defaults filled in. */
export function chain(change: Partial<ChainSpec> = {}): Chain {
  return {
    apiVersion: "pitboss.dev/v1alpha1",
    kind: "Chain",
    metadata: {
      name: "dev",
      namespace: "pitboss-chain",
      uid: "11111111-2222-3333-4444-555555555555",
      resourceVersion: "7",
      generation: 3,
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: {
      protocol: "ethereum",
      network: "dev",
      chainId: "eip155:31337",
      insecure: true,
      topology: "sidecar",
      node: {
        image: "anvil:1",
        command: ["anvil"],
        args: ["--port=$(PITBOSS_RPC_PORT)"],
        storage: { hostPath: "/srv/pitboss/dev", mountPath: "/data" },
        user: 1000,
      },
      finality: { confirmations: 4 },
      placement: {
        nodeSelector: { "pitboss.dev/bare-metal": "true" },
        tolerations: [{ key: "pitboss.dev/bare-metal", operator: "Exists", effect: "NoSchedule" }],
      },
      assets: [],
      ...change,
    },
  };
}

/** The same chain with its nodes apart, three of them. */
export function splitChain(change: Partial<ChainSpec> = {}): Chain {
  const { node } = chain().spec;
  const storage = { storageClassName: "local", size: "2Ti", mountPath: "/data" };
  return chain({ topology: "split", node: { ...node, storage, replicas: 3 }, ...change });
}

/** What its children are made of. */
export function facts({ spec }: Chain = chain()): ChainFacts {
  const read = chainTerms(spec);
  if ("problems" in read) throw new Error(read.problems.map(({ message }) => message).join());
  return {
    terms: read.terms,
    credentials: {
      host: "db.example",
      port: 5432,
      database: "pitboss",
      user: "pitboss_chain_agent",
      password: "secret",
    },
    tls: { key: "a key", cert: "a certificate", ca: "an authority" },
    jwt: "ab".repeat(32),
  };
}

/** What an agent says when all is well, changed as a test wants. */
export function agentReport(change: object = {}): AgentReport {
  return readReport({
    chainId: "eip155:31337",
    state: "CHAIN_STATE_OK",
    head: { height: "12", hash: "0xaa" },
    finalized: { height: "8", hash: "0xbb" },
    headAgeMs: "2400",
    lag: "0",
    nodes: [{ name: "127.0.0.1:8545", state: "NODE_STATE_OK", message: "" }],
    ...change,
  });
}

/** A pod whose agent runs, changed as a test wants. */
export function pod(name: string, status: LivePod["status"] = {}): LivePod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "pitboss-chain", labels: { "pitboss.dev/role": "agent" } },
    spec: { nodeName: "metal-1" },
    status: {
      phase: "Running",
      podIP: "10.0.0.7",
      containerStatuses: [{ name: "agent", ready: true, restartCount: 0, state: { running: {} } }],
      ...status,
    },
  };
}

/** A Chain that has all that it needs, changed as a test wants. */
export function observed(change: Partial<Observed> = {}): Observed {
  const of = change.chain ?? chain();
  return {
    chain: of,
    spec: { terms: facts(of).terms },
    database: { saved: true },
    faults: [],
    daemonSet: {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "dev-agent", namespace: "pitboss-chain", generation: 2 },
      status: { observedGeneration: 2, desiredNumberScheduled: 1, updatedNumberScheduled: 1 },
    },
    pods: [pod("dev-agent-a")],
    answers: new Map([["dev-agent-a", agentReport()]]),
    violation: undefined,
    missingKinds: [],
    ...change,
  };
}
