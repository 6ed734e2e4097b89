/**
 * The names and labels of everything that a Chain owns. Selectors, informers, network policies and
 * tests take them from here, so that a name is spelt once.
 */
import type { Chain } from "../../../crds/generated/chain.ts";
import { OURS } from "../../platform/child.ts";

/** What cleans up outside the cluster before a Chain may go. */
export const FINALIZER = "pitboss.dev/chain";
/** On every child and its pods; informers select by it. The local platform finds the agents by it too. */
export const CHAIN_LABEL = "pitboss.dev/chain";
/** On the pods: `agent`, with the nodes beside it in topology sidecar, or `node`. */
export const ROLE_LABEL = "pitboss.dev/role";
/** On everything of a Chain, so that its controller keeps no copies of what is a Game's. */
export const OF_CHAINS = { ...OURS, "app.kubernetes.io/component": "chain" } as const;

export type Role = "agent" | "node";

type Named = Pick<Chain, "metadata">;

/** The agents' DaemonSet, Service, Secret, policy and rules, or the nodes'. */
export const childName = (chain: Named, role: Role): string => `${chain.metadata.name}-${role}`;

/** The secret that the clients of one node share. */
export const jwtSecretName = (chain: Named): string => `${chain.metadata.name}-jwt`;

/** What selects the pods. Immutable in a DaemonSet, so it never says more than this. */
export const selectorLabels = (chain: Named, role: Role): Record<string, string> => ({
  [CHAIN_LABEL]: chain.metadata.name,
  [ROLE_LABEL]: role,
});

/** The labels of every child. */
export const labels = (chain: Named): Record<string, string> => ({
  "app.kubernetes.io/name": chain.metadata.name,
  ...OF_CHAINS,
  [CHAIN_LABEL]: chain.metadata.name,
});

/** The name in the agents' certificate. */
export const serverName = ({ namespace, name }: { namespace: string; name: string }): string =>
  `${name}-agent.${namespace}.svc`;
