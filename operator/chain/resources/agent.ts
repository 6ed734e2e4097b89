import type { Chain } from "../../../crds/generated/chain.ts";
import type { Platform } from "../../config.ts";
import { CA_KEY, DATABASE_KEYS } from "../../platform/secrets.ts";
import { CONFINED, portVariable, portVariables } from "./clients.ts";
import type { ChainFacts } from "./facts.ts";
import { childName, jwtSecretName } from "./names.ts";
import { JWT_KEY, RPC_USER, TLS_KEYS } from "./secret.ts";

/** The ports of the agent: callers come in by one, Prometheus and the operator by the other. */
export const AGENT_PORTS = { grpc: 9000, operations: 9090 } as const;

// It drains for three of them, until it has left every caller's list; the node keeps the rest of the pod's time.
const GRACE_SECONDS = 15;

/** Who the lobby is in its certificate. */
export const LOBBY_NAME = "lobby";

const FOLDERS = {
  database: "/etc/pitboss/database",
  tls: "/etc/pitboss/tls",
  signer: "/etc/pitboss/signer",
} as const;

/** The agent: asks the nodes, and speaks gRPC to the casino. */
export function agentContainer(chain: Chain, platform: Platform, facts: ChainFacts) {
  return {
    name: "agent",
    image: platform.runtimeImage,
    command: ["node", "--max-old-space-size=192", "chain-agent/main.ts"],
    workingDir: "/app",
    env: environment(chain, platform, facts),
    ports: Object.entries(AGENT_PORTS).map(([name, containerPort]) => ({
      ...{ name, containerPort, protocol: "TCP" },
    })),
    resources: {
      requests: { cpu: "100m", memory: "160Mi" },
      limits: { memory: "384Mi" },
    },
    securityContext: CONFINED,
    // None of them asks how the chain is: an agent whose node syncs must live to tell.
    startupProbe: probe("/livez", { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: probe("/livez", { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: probe("/readyz", { periodSeconds: 2, failureThreshold: 2 }),
    volumeMounts: [
      { name: "database", mountPath: FOLDERS.database, readOnly: true },
      { name: "tls", mountPath: FOLDERS.tls, readOnly: true },
      ...(chain.spec.signer ? [{ name: "signer", mountPath: FOLDERS.signer, readOnly: true }] : []),
    ],
  };
}

const probe = (path: string, timing: { periodSeconds: number; failureThreshold: number }) => ({
  httpGet: { path, port: "operations" },
  timeoutSeconds: 5,
  ...timing,
});

/** The volumes of the agent. */
export function agentVolumes(chain: Chain, { credentials }: ChainFacts) {
  const secretName = childName(chain, "agent");
  const keys = [...DATABASE_KEYS, ...(credentials.ca === undefined ? [] : [CA_KEY])];
  const files = (items: readonly { key: string; path: string }[]) => ({
    secret: { secretName, defaultMode: 0o440, items },
  });
  const { signer } = chain.spec;
  return [
    { name: "database", ...files(keys.map((key) => ({ key, path: key }))) },
    {
      name: "tls",
      ...files([
        { key: TLS_KEYS.cert, path: "tls.crt" },
        { key: TLS_KEYS.key, path: "tls.key" },
        { key: TLS_KEYS.ca, path: "ca.crt" },
      ]),
    },
    ...(signer
      ? [{ name: "signer", secret: { secretName: signer.secretName, defaultMode: 0o440 } }]
      : []),
  ];
}

function environment(chain: Chain, platform: Platform, facts: ChainFacts) {
  const { name, namespace } = chain.metadata;
  const { protocol, network, insecure, finality, signer } = chain.spec;
  const { chainId, genesis, assets } = facts.terms;
  const literals: Record<string, string> = {
    PITBOSS_CHAIN: `${namespace}/${name}`,
    PITBOSS_CHAIN_PROTOCOL: protocol,
    PITBOSS_CHAIN_NETWORK: network,
    PITBOSS_CHAIN_ID: chainId,
    ...(genesis ? { PITBOSS_CHAIN_GENESIS: genesis } : {}),
    PITBOSS_CHAIN_NODES: nodeUrls(chain, facts).join(","),
    PITBOSS_CHAIN_CONFIRMATIONS: String(finality.confirmations),
    PITBOSS_CHAIN_INSECURE: String(insecure),
    ...(assets.length > 0
      ? { PITBOSS_CHAIN_ASSETS: assets.map(({ asset }) => asset).join(",") }
      : {}),
    PITBOSS_DATABASE_DIR: FOLDERS.database,
    PITBOSS_TLS_DIR: FOLDERS.tls,
    // A game's pod may ask for entropy; only the lobby moves money.
    PITBOSS_CASHIERS: LOBBY_NAME,
    ...(signer
      ? {
          PITBOSS_SIGNER_KEY_FILE: `${FOLDERS.signer}/key`,
          PITBOSS_DEPOSIT_XPUB_FILE: `${FOLDERS.signer}/xpub`,
        }
      : {}),
    PITBOSS_GRPC_PORT: String(AGENT_PORTS.grpc),
    PITBOSS_OPERATIONS_PORT: String(AGENT_PORTS.operations),
    PITBOSS_GRACE_SECONDS: String(GRACE_SECONDS),
    PITBOSS_LOG_LEVEL: platform.runtimeLogLevel,
    MALLOC_ARENA_MAX: "2",
  };
  return [
    // Before the variable that names them.
    ...(chain.spec.topology === "sidecar" ? portVariables(facts) : []),
    ...(protocol === "bitcoin" ? [rpcPassword(chain)] : []),
    ...Object.entries(literals).map(([key, value]) => ({ name: key, value })),
    { name: "PITBOSS_POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
  ];
}

const rpcPassword = (chain: Chain) => ({
  name: "PITBOSS_RPC_PASSWORD",
  valueFrom: { secretKeyRef: { name: jwtSecretName(chain), key: JWT_KEY } },
});

/** The nodes that an agent asks: those beside it, or each of the StatefulSet's by its own name. */
function nodeUrls(chain: Chain, { terms }: ChainFacts): string[] {
  const { node, topology, protocol } = chain.spec;
  const login = protocol === "bitcoin" ? `${RPC_USER}:$(PITBOSS_RPC_PASSWORD)@` : "";
  const elsewhere = node.endpoints ?? [];
  if (topology === "sidecar") {
    const beside = terms.rpcPorts.map(
      ({ name }) => `http://${login}127.0.0.1:$(${portVariable(name)})`,
    );
    return [...beside, ...elsewhere];
  }
  const set = childName(chain, "node");
  const hosts = Array.from(
    { length: node.replicas ?? 1 },
    (_, index) => `${set}-${index}.${set}.${chain.metadata.namespace}.svc`,
  );
  const urls = hosts.flatMap((host) =>
    terms.rpcPorts.map(({ port }) => `http://${login}${host}:${port}`),
  );
  return [...urls, ...elsewhere];
}
