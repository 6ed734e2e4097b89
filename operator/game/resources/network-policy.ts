import type { Game } from "../../../crds/generated/game.ts";
import type { Platform } from "../../config.ts";
import { type Child, childMeta } from "./child.ts";
import { childName, selectorLabels } from "./names.ts";

interface Facts {
  readonly databasePort: number;
}

/** Players through the gateway and Prometheus in; DNS, the database and the keys' issuer out; no more. */
export function buildNetworkPolicy(game: Game, platform: Platform, facts: Facts): Child {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: childMeta(game, childName(game)),
    spec: {
      podSelector: { matchLabels: selectorLabels(game) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { ...from(platform.gatewayNamespace), ports: [tcp("http")] },
        { ...from(platform.monitoring.namespace), ports: [tcp("operations")] },
      ],
      egress: [
        { to: dns, ports: [tcp(53), { protocol: "UDP", port: 53 }] },
        { ...to(platform.databaseCidrs), ports: [tcp(facts.databasePort)] },
        ...issuer(platform),
      ],
    },
  };
}

const namespaceCalled = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

// A node's own DNS cache listens on this link-local address.
const dns = [namespaceCalled("kube-system"), { ipBlock: { cidr: "169.254.20.10/32" } }];

const tcp = (port: number | string) => ({ protocol: "TCP", port });

const from = (namespace: string | undefined) =>
  namespace ? { from: [namespaceCalled(namespace)] } : {};

// Without CIDRs a rule names no peer: any address, on this port only.
const to = (cidrs: readonly string[]) =>
  cidrs.length > 0 ? { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) } : {};

function issuer({ jwks, jwksCidrs }: Platform) {
  if (!("url" in jwks)) return [];
  const { port, protocol } = new URL(jwks.url);
  const number = port ? Number(port) : protocol === "http:" ? 80 : 443;
  return [{ ...to(jwksCidrs), ports: [tcp(number)] }];
}
