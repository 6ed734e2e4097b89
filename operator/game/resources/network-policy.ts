import type { Game } from "../../../crds/generated/game.ts";
import type { Platform } from "../../config.ts";
import { dns, from, tcp, to } from "../../platform/network-policy.ts";
import { type Child, childMeta } from "./child.ts";
import { type ChainAccess, entropyEgress } from "./entropy.ts";
import { childName, selectorLabels } from "./names.ts";

interface Facts {
  readonly databasePort: number;
  readonly chain?: ChainAccess | undefined;
}

/** Players through the gateway and Prometheus in; DNS, the database, the keys' issuer and the chain's agents out; no more. */
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
        ...entropyEgress(facts.chain),
      ],
    },
  };
}

function issuer({ jwks, jwksCidrs }: Platform) {
  if (!("url" in jwks)) return [];
  const { port, protocol } = new URL(jwks.url);
  const number = port ? Number(port) : protocol === "http:" ? 80 : 443;
  return [{ ...to(jwksCidrs), ports: [tcp(number)] }];
}
