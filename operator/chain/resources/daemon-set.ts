import type { Chain } from "../../../crds/generated/chain.ts";
import type { Platform } from "../../config.ts";
import { agentContainer, agentVolumes } from "./agent.ts";
import { type Child, childMeta } from "./child.ts";
import {
  clientVolumes,
  markerContainer,
  NODE_GRACE_SECONDS,
  podSettings,
  sidecar,
} from "./clients.ts";
import type { ChainFacts } from "./facts.ts";
import { childName, labels, selectorLabels } from "./names.ts";

const AGENT_GRACE_SECONDS = 25;

/** The agents, one on each machine chosen; in topology sidecar with a node each. */
export function buildDaemonSet(chain: Chain, platform: Platform, facts: ChainFacts): Child {
  const beside = chain.spec.topology === "sidecar";
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: childMeta(chain, childName(chain, "agent")),
    spec: {
      selector: { matchLabels: selectorLabels(chain, "agent") },
      // A node is stopped when a person says so. And never two on one folder: no surge.
      updateStrategy: beside
        ? { type: "OnDelete" }
        : { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      revisionHistoryLimit: 3,
      template: {
        metadata: { labels: { ...labels(chain), ...selectorLabels(chain, "agent") } },
        spec: {
          ...podSettings(chain),
          terminationGracePeriodSeconds: beside ? NODE_GRACE_SECONDS : AGENT_GRACE_SECONDS,
          ...(beside
            ? {
                // Native sidecars start in this order before the agent, and stop the other way round after it.
                initContainers: [
                  markerContainer(chain, platform, facts),
                  ...facts.terms.clients.map((client) => sidecar(chain, facts, client)),
                ],
              }
            : {}),
          containers: [agentContainer(chain, platform, facts)],
          volumes: [...(beside ? clientVolumes(chain) : []), ...agentVolumes(chain, facts)],
        },
      },
    },
  };
}
