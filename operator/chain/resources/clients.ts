import type { Chain, ChainClient } from "../../../crds/generated/chain.ts";
import type { Platform } from "../../config.ts";
import type { ChainFacts } from "./facts.ts";
import { jwtSecretName } from "./names.ts";
import { JWT_KEY, RPC_CONF_KEY } from "./secret.ts";

/** So long a node may take to bring its database to rest: what the operators of nodes give their clients. */
export const NODE_GRACE_SECONDS = 300;

const JWT_FOLDER = "/etc/pitboss/jwt";

/** No capabilities, no way to more, and nothing to write but volumes. */
export const CONFINED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
} as const;

/** A port's variable, by which the local platform can give it another number. */
export const portVariable = (name: string): string =>
  `PITBOSS_${name.toUpperCase().replaceAll("-", "_")}_PORT`;

/** Every port of the node, so that one client can be told of another's. */
export function portVariables({ terms }: ChainFacts): { name: string; value: string }[] {
  return terms.clients
    .flatMap(({ ports = [] }) => ports)
    .map(({ name, port }) => ({ name: portVariable(name), value: String(port) }));
}

/** A client of the node. It has no probes: whoever syncs for days must not be killed for it. */
export function clientContainer(chain: Chain, facts: ChainFacts, client: ChainClient) {
  const { name, image, command, args, ports = [], env = [], resources } = client;
  const { mountPath } = chain.spec.node.storage;
  // Beside the agent nobody else asks; apart from it, the policy says who may.
  const host = chain.spec.topology === "sidecar" ? "127.0.0.1" : "0.0.0.0";
  return {
    name,
    image,
    ...(command ? { command } : {}),
    ...(args ? { args } : {}),
    env: [
      { name: "PITBOSS_DATA", value: mountPath },
      { name: "PITBOSS_JWT_FILE", value: `${JWT_FOLDER}/${JWT_KEY}` },
      ...(chain.spec.protocol === "bitcoin"
        ? [{ name: "PITBOSS_RPC_CONF", value: `${JWT_FOLDER}/${RPC_CONF_KEY}` }]
        : []),
      { name: "PITBOSS_RPC_HOST", value: host },
      ...portVariables(facts),
      ...env.map((one) => ({ name: one.name, value: one.value })),
    ],
    ports: ports.map((one) => ({
      name: one.name,
      containerPort: one.port,
      protocol: one.protocol,
      ...(one.hostPort ? { hostPort: one.port } : {}),
    })),
    ...(resources ? { resources } : {}),
    securityContext: CONFINED,
    volumeMounts: [
      { name: "data", mountPath },
      { name: "jwt", mountPath: JWT_FOLDER, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

/** A client that runs beside what comes after it, and is stopped after it. */
export function sidecar(chain: Chain, facts: ChainFacts, client: ChainClient) {
  return { ...clientContainer(chain, facts, client), restartPolicy: "Always" };
}

/** Looks whose data the folder holds before any client opens it. */
export function markerContainer(chain: Chain, { runtimeImage }: Platform, { terms }: ChainFacts) {
  const { mountPath } = chain.spec.node.storage;
  return {
    name: "marker",
    image: runtimeImage,
    command: ["node", "chain-agent/marker.ts"],
    workingDir: "/app",
    env: [
      { name: "PITBOSS_MARKER_DIR", value: mountPath },
      { name: "PITBOSS_CHAIN_ID", value: terms.chainId },
      ...(terms.genesis ? [{ name: "PITBOSS_CHAIN_GENESIS", value: terms.genesis }] : []),
      { name: "PITBOSS_NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
    ],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    securityContext: CONFINED,
    volumeMounts: [{ name: "data", mountPath }],
  };
}

/** The volumes of the clients; `data` is the folder of the machine, or a claim of the StatefulSet's. */
export function clientVolumes(chain: Chain) {
  const { hostPath } = chain.spec.node.storage;
  return [
    // Never made where it is missing: a disk that is not mounted must not fill the machine's.
    ...(hostPath ? [{ name: "data", hostPath: { path: hostPath, type: "Directory" } }] : []),
    { name: "jwt", secret: { secretName: jwtSecretName(chain), defaultMode: 0o440 } },
    { name: "tmp", emptyDir: {} },
  ];
}

/** What the pods of a Chain have in common: where they run and as whom. */
export function podSettings(chain: Chain) {
  const { node, placement } = chain.spec;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    nodeSelector: placement.nodeSelector,
    tolerations: placement.tolerations,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: node.user,
      runAsGroup: node.user,
      fsGroup: node.user,
      // Terabytes are not gone through at every start.
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}
