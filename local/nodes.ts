import type { NodeOptions } from "./node-agent/node.ts";

/** A node of this machine: what it is in Kubernetes, and where its state is below the home. */
export interface LocalNode extends Omit<NodeOptions, "port"> {
  readonly folder: string;
  /** The first three numbers of its pods' addresses. */
  readonly podRange: string;
}

const bareMetal = "pitboss.dev/bare-metal";

/** The first runs all that tolerates nothing; the second stands for the machines that chains run on. */
export const nodes: readonly [LocalNode, LocalNode] = [
  { name: "local", folder: "node", podRange: "10.244.0" },
  {
    name: "metal",
    folder: "metal",
    podRange: "10.244.1",
    labels: { [bareMetal]: "true" },
    taints: [{ key: bareMetal, value: "true", effect: "NoSchedule" }],
  },
];

/** Who a node is to the API server. */
export function nodeUser({ name }: Pick<LocalNode, "name">): string {
  return `system:node:${name}`;
}
