import type { Chain } from "../../../crds/generated/chain.ts";
import type { Platform } from "../../config.ts";
import { type Child, childMeta } from "./child.ts";
import {
  clientContainer,
  clientVolumes,
  markerContainer,
  NODE_GRACE_SECONDS,
  podSettings,
  sidecar,
} from "./clients.ts";
import type { ChainFacts } from "./facts.ts";
import { childName, labels, selectorLabels } from "./names.ts";

/** The nodes in topology split, each with a local volume of its own; none in topology sidecar. */
export function buildStatefulSet(
  chain: Chain,
  platform: Platform,
  facts: ChainFacts,
): Child | undefined {
  const { topology, node } = chain.spec;
  if (topology !== "split") return undefined;
  const name = childName(chain, "node");
  const selector = selectorLabels(chain, "node");
  const beside = facts.terms.clients.slice(0, -1);
  const main = facts.terms.clients.slice(-1);
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: childMeta(chain, name),
    spec: {
      replicas: node.replicas ?? 1,
      serviceName: name,
      selector: { matchLabels: selector },
      podManagementPolicy: "Parallel",
      // A node is stopped when a person says so.
      updateStrategy: { type: "OnDelete" },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      revisionHistoryLimit: 3,
      template: {
        metadata: { labels: { ...labels(chain), ...selector } },
        spec: {
          ...podSettings(chain),
          terminationGracePeriodSeconds: NODE_GRACE_SECONDS,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: selector },
            },
          ],
          initContainers: [
            markerContainer(chain, platform, facts),
            ...beside.map((client) => sidecar(chain, facts, client)),
          ],
          containers: main.map((client) => clientContainer(chain, facts, client)),
          volumes: clientVolumes(chain),
        },
      },
      volumeClaimTemplates: [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "data" },
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: node.storage.storageClassName,
            resources: { requests: { storage: node.storage.size } },
          },
        },
      ],
    },
  };
}
