import type { Chain } from "../../../crds/generated/chain.ts";
import { AGENT_PORTS } from "./agent.ts";
import { type Child, childMeta } from "./child.ts";
import type { ChainFacts } from "./facts.ts";
import { childName, type Role, selectorLabels } from "./names.ts";

// Headless: gRPC keeps one connection open, so that a caller must see every pod to share its calls out.
function headless(chain: Chain, role: Role, ports: readonly object[], more: object = {}): Child {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: childMeta(chain, childName(chain, role)),
    spec: { clusterIP: "None", selector: selectorLabels(chain, role), ports, ...more },
  };
}

/** The names of the agents that are ready. */
export function buildAgentService(chain: Chain): Child {
  const ports = Object.entries(AGENT_PORTS).map(([name, port]) => ({
    ...{ name, port, protocol: "TCP", targetPort: name },
    ...(name === "grpc" ? { appProtocol: "grpc" } : {}),
  }));
  return headless(chain, "agent", ports);
}

/** The names of the nodes in topology split, also of those that sync: without peers they never end. */
export function buildNodeService(chain: Chain, { terms }: ChainFacts): Child | undefined {
  if (chain.spec.topology !== "split") return undefined;
  const ports = terms.clients
    .flatMap((client) => client.ports ?? [])
    .map(({ name, port, protocol }) => ({ name, port, protocol, targetPort: port }));
  return headless(chain, "node", ports, { publishNotReadyAddresses: true });
}
