import type { Chain } from "../../../crds/generated/chain.ts";
import type { Platform } from "../../config.ts";
import { type Child, childMeta } from "./child.ts";
import { CHAIN_LABEL, childName } from "./names.ts";

/** Tells Prometheus to read the metrics of the chain's agents. */
export function buildServiceMonitor(chain: Chain, { monitoring }: Platform): Child {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: childMeta(chain, childName(chain, "agent"), { labels: { ...monitoring.labels } }),
    spec: {
      selector: { matchLabels: { [CHAIN_LABEL]: chain.metadata.name } },
      // The label becomes pitboss_dev_chain on every series; the rules select by it.
      targetLabels: [CHAIN_LABEL],
      endpoints: [{ port: "operations", path: "/metrics", interval: "30s" }],
    },
  };
}
