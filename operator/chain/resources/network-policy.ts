import type { Chain, ChainPort } from "../../../crds/generated/chain.ts";
import type { Platform } from "../../config.ts";
import { dns, from, namespaceCalled, tcp, to } from "../../platform/network-policy.ts";
import { AGENT_PORTS } from "./agent.ts";
import { type Child, childMeta } from "./child.ts";
import type { ChainFacts } from "./facts.ts";
import { childName, type Role, selectorLabels } from "./names.ts";

/** On the pods of a Game that takes entropy from a chain: the chain's name. */
export const ENTROPY_LABEL = "pitboss.dev/entropy";

/** The lobby and the games that use the chain in by gRPC, the operator and Prometheus by the operations; the database and the nodes out. */
export function buildAgentPolicy(chain: Chain, platform: Platform, facts: ChainFacts): Child {
  const beside = chain.spec.topology === "sidecar";
  return policy(chain, "agent", {
    ingress: [
      { from: callers(chain, platform), ports: [tcp(AGENT_PORTS.grpc)] },
      {
        from: [podCalled(platform.namespace, "pitboss-operator")],
        ports: [tcp(AGENT_PORTS.operations)],
      },
      { ...from(platform.monitoring.namespace), ports: [tcp(AGENT_PORTS.operations)] },
      ...(beside ? peersIn(facts) : []),
    ],
    egress: [
      { to: dns, ports: [tcp(53), { protocol: "UDP", port: 53 }] },
      { ...to(platform.databaseCidrs), ports: [tcp(facts.credentials.port)] },
      ...(beside
        ? peersOut(platform, facts)
        : [
            {
              to: [{ podSelector: { matchLabels: selectorLabels(chain, "node") } }],
              ports: rpc(facts),
            },
          ]),
      ...elsewhere(chain),
    ],
  });
}

/** In topology split: the agents in by RPC, peers in and out; nothing else of the cluster. */
export function buildNodePolicy(
  chain: Chain,
  platform: Platform,
  facts: ChainFacts,
): Child | undefined {
  if (chain.spec.topology !== "split") return undefined;
  const agents = [{ podSelector: { matchLabels: selectorLabels(chain, "agent") } }];
  return policy(chain, "node", {
    ingress: [{ from: agents, ports: rpc(facts) }, ...peersIn(facts)],
    egress: [
      { to: dns, ports: [tcp(53), { protocol: "UDP", port: 53 }] },
      ...peersOut(platform, facts),
    ],
  });
}

function policy(chain: Chain, role: Role, rules: { ingress: object[]; egress: object[] }): Child {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: childMeta(chain, childName(chain, role)),
    spec: {
      podSelector: { matchLabels: selectorLabels(chain, role) },
      policyTypes: ["Ingress", "Egress"],
      ...rules,
    },
  };
}

function callers(chain: Chain, { namespace, watchedNamespaces }: Platform) {
  const games = { matchLabels: { [ENTROPY_LABEL]: chain.metadata.name } };
  const places =
    watchedNamespaces.length > 0
      ? watchedNamespaces.map(namespaceCalled)
      : [{ namespaceSelector: {} }];
  return [
    podCalled(namespace, "pitboss-lobby"),
    ...places.map((place) => ({ ...place, podSelector: games })),
  ];
}

const podCalled = (namespace: string, name: string) => ({
  ...namespaceCalled(namespace),
  podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
});

const rpc = ({ terms }: ChainFacts) => terms.rpcPorts.map(({ port }) => tcp(port));

function peerPorts({ terms }: ChainFacts): ChainPort[] {
  return terms.clients.flatMap(({ ports = [] }) => ports).filter(({ p2p }) => p2p);
}

function peersIn(facts: ChainFacts): object[] {
  const ports = peerPorts(facts);
  if (ports.length === 0) return [];
  return [{ ports: ports.map(({ port, protocol }) => ({ protocol, port })) }];
}

/** Peers listen wherever they like, but none of them is one of ours. */
function peersOut({ privateCidrs }: Platform, facts: ChainFacts): object[] {
  if (peerPorts(facts).length === 0) return [];
  const ours = (six: boolean) => privateCidrs.filter((cidr) => cidr.includes(":") === six);
  const block = (cidr: string, except: readonly string[]) => ({
    ipBlock: { cidr, ...(except.length > 0 ? { except } : {}) },
  });
  return [{ to: [block("0.0.0.0/0", ours(false)), block("::/0", ours(true))] }];
}

/** Nodes that are run elsewhere, by their ports: a policy knows no host names. */
function elsewhere({ spec }: Chain): object[] {
  const ports = new Set(
    (spec.node.endpoints ?? []).map((text) => {
      const { port, protocol } = new URL(text);
      return port ? Number(port) : /^(http|ws):$/.test(protocol) ? 80 : 443;
    }),
  );
  return ports.size === 0 ? [] : [{ ports: [...ports].map(tcp) }];
}
