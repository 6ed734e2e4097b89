import { status } from "@grpc/grpc-js";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Follower } from "./follow/follower.ts";
import { ChainState, NodeState } from "./generated/pitboss/chain/v1/chain.ts";

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const chainStates = Object.values(ChainState).filter((state) => !/UNSPECIFIED|UNREC/.test(state));
const nodeStates = Object.values(NodeState).filter((state) => !/UNSPECIFIED|UNREC/.test(state));
/** CHAIN_STATE_OK as a label: ok. */
const label = (state: string) => state.replace(/^(CHAIN|NODE)_STATE_/, "").toLowerCase();

/** What is known of calls. */
export interface CallMetrics {
  /** A unary call has ended. */
  unary(method: string, code: status, seconds: number): void;
  /** A stream of a method begins; the returned function ends it. */
  stream(method: string): (code: status) => void;
}

/** A registry with what every process reports; all names begin with `pitboss_`. */
export function createRegistry(labels: Readonly<Record<string, string>>): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service: "chain-agent", ...labels });
  collectDefaultMetrics({ register: registry, prefix: "pitboss_" });
  return registry;
}

export function callMetrics(registry: Registry): CallMetrics {
  const seconds = new Histogram({
    name: "pitboss_grpc_request_seconds",
    help: "Time from a unary call to its answer, by method and code.",
    labelNames: ["method", "code"],
    buckets: secondsBuckets,
    registers: [registry],
  });
  const open = new Gauge({
    name: "pitboss_grpc_streams",
    help: "Streams that are open, by method.",
    labelNames: ["method"],
    registers: [registry],
  });
  const ended = new Counter({
    name: "pitboss_grpc_streams_ended_total",
    help: "Streams that ended, by method and code.",
    labelNames: ["method", "code"],
    registers: [registry],
  });
  return {
    unary(method, code, time) {
      seconds.observe({ method, code: status[code] }, time);
    },
    stream(method) {
      open.inc({ method });
      return (code) => {
        open.dec({ method });
        ended.inc({ method, code: status[code] });
      };
    },
  };
}

/** How the chain and its nodes stand, read when the metrics are. */
export function chainMetrics(registry: Registry, chain: Follower): { undone(depth: number): void } {
  const gauge = (
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (g: Gauge) => void,
  ) =>
    new Gauge({
      ...{ name, help, labelNames },
      registers: [registry],
      collect() {
        this.reset();
        read(this);
      },
    });
  gauge("pitboss_chain_head_height", "Height of the served head.", [], (g) => {
    if (chain.head !== undefined) g.set(Number(chain.head.height));
  });
  gauge("pitboss_chain_finalized_height", "Height of the finalized block.", [], (g) => {
    if (chain.finalized !== undefined) g.set(Number(chain.finalized.height));
  });
  gauge("pitboss_chain_head_age_seconds", "Seconds since the head was first seen.", [], (g) =>
    g.set(chain.headAgeMs() / 1000),
  );
  gauge("pitboss_chain_lag_blocks", "Blocks behind the highest node.", [], (g) =>
    g.set(Number(chain.status().lag)),
  );
  gauge("pitboss_chain_state", "1 for the state of the chain.", ["state"], (g) => {
    for (const state of chainStates)
      g.set({ state: label(state) }, Number(state === chain.state()));
  });
  gauge(
    "pitboss_chain_finality_violation",
    "1 where what was final is not: withdrawals stand still until a person has looked.",
    [],
    (g) => g.set(chain.violation === undefined ? 0 : 1),
  );
  gauge("pitboss_chain_node_state", "1 for the state of a node.", ["node", "state"], (g) => {
    for (const node of chain.status().nodes) {
      for (const state of nodeStates) {
        g.set({ node: node.name, state: label(state) }, Number(state === node.state));
      }
    }
  });
  gauge("pitboss_chain_node_head_height", "Height of a node's head.", ["node"], (g) => {
    for (const { name, head } of chain.status().nodes) {
      if (head !== undefined) g.set({ node: name }, Number(head.height));
    }
  });
  gauge("pitboss_chain_node_peers", "Peers of a node, where it tells them.", ["node"], (g) => {
    for (const { name, peers } of chain.status().nodes) {
      if (peers !== undefined) g.set({ node: name }, peers);
    }
  });
  const depths = new Histogram({
    name: "pitboss_chain_undone_blocks",
    help: "Blocks that an undo took back.",
    buckets: [1, 2, 3, 5, 8, 13, 21, 34, 64],
    registers: [registry],
  });
  return { undone: (depth) => depths.observe(depth) };
}
