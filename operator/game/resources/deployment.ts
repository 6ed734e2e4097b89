import type { Game } from "../../../crds/generated/game.ts";
import type { Platform } from "../../config.ts";
import { CA_KEY, DATABASE_KEYS } from "../../platform/secrets.ts";
import { type Child, childMeta } from "./child.ts";
import { REVISION_FILE } from "./config-map.ts";
import { mostPods, poolSize } from "./connections.ts";
import {
  type ChainAccess,
  entropyLabels,
  entropyMounts,
  entropyVariables,
  entropyVolumes,
} from "./entropy.ts";
import {
  childName,
  configMapName,
  labels,
  REVISION_LABEL,
  secretName,
  selectorLabels,
} from "./names.ts";
import { SEED_KEY } from "./secret.ts";

interface Facts {
  readonly revision: string;
  /** Absent: an autoscaler owns them. */
  readonly replicas: number | undefined;
  /** The database's certificate is checked against a CA of its own. */
  readonly certified: boolean;
  /** Where its entropy comes from. */
  readonly chain?: ChainAccess | undefined;
}

// Endpoints leave every gateway's list while the pod still answers; only then does it get SIGTERM.
const PRE_STOP_SECONDS = 5;
const GRACE_SECONDS = 25;

const MOUNTS = {
  revision: "/etc/pitboss/revision",
  database: "/etc/pitboss/database",
  seed: "/etc/pitboss/seed",
} as const;

/** The game's pods: one image for every engine, told by its environment which game it is. */
export function buildDeployment(game: Game, platform: Platform, facts: Facts): Child {
  const { revision } = facts;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: childMeta(game, childName(game), { labels: { [REVISION_LABEL]: revision } }),
    spec: {
      ...(facts.replicas === undefined ? {} : { replicas: facts.replicas }),
      selector: { matchLabels: selectorLabels(game) },
      // A round in flight never waits for a pod: the new one is ready before an old one goes.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      revisionHistoryLimit: 2,
      progressDeadlineSeconds: 300,
      template: {
        metadata: {
          labels: { ...labels(game), ...entropyLabels(facts.chain), [REVISION_LABEL]: revision },
        },
        spec: podSpec(game, platform, facts),
      },
    },
  };
}

function podSpec(game: Game, platform: Platform, facts: Facts) {
  const { nodeSelector, tolerations } = game.spec.template;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: PRE_STOP_SECONDS + GRACE_SECONDS + 5,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(nodeSelector ? { nodeSelector } : {}),
    ...(tolerations ? { tolerations } : {}),
    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
      (topologyKey) => spread(game, topologyKey),
    ),
    containers: [container(game, platform, facts)],
    volumes: [...volumes(game, facts), ...entropyVolumes(game, facts.chain)],
  };
}

const spread = (game: Game, topologyKey: string) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: selectorLabels(game) },
  // Each rollout is spread by itself; the pods that are on their way out do not count.
  matchLabelKeys: ["pod-template-hash"],
});

/**
 * How a runtime is started. Measured under 64 players, 195 MB are resident without the two limits and
 * 119 with them: V8 takes what the machine has, and glibc keeps an arena for each thread.
 */
export const RUNTIME = {
  argv: ["--max-old-space-size=64", "runtime/main.ts"],
  env: { MALLOC_ARENA_MAX: "2" },
} as const;

function container(game: Game, platform: Platform, { chain }: Facts) {
  const { requests, limits } = game.spec.template.resources ?? {};
  return {
    name: "runtime",
    image: platform.runtimeImage,
    command: ["node", ...RUNTIME.argv],
    workingDir: "/app",
    env: environment(game, platform, chain),
    ports: [
      { name: "http", containerPort: 8080, protocol: "TCP" },
      { name: "operations", containerPort: 9090, protocol: "TCP" },
    ],
    resources: {
      requests: { cpu: "100m", memory: "128Mi", ...requests },
      limits: { memory: "256Mi", ...limits },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    startupProbe: probe("/livez", { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: probe("/livez", { periodSeconds: 10, failureThreshold: 3 }),
    readinessProbe: probe("/readyz", { periodSeconds: 2, failureThreshold: 2 }),
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
    volumeMounts: [
      ...Object.entries(MOUNTS).map(([name, mountPath]) => ({ name, mountPath, readOnly: true })),
      ...entropyMounts(chain),
    ],
  };
}

const probe = (path: string, timing: { periodSeconds: number; failureThreshold: number }) => ({
  httpGet: { path, port: "operations" },
  timeoutSeconds: 5,
  ...timing,
});

function environment(game: Game, platform: Platform, chain: ChainAccess | undefined) {
  const { name, namespace } = game.metadata;
  const { jwks } = platform;
  const pool = poolSize(platform.gameConnections, mostPods(game.spec));
  const literals: Record<string, string> = {
    PITBOSS_GAME: name,
    PITBOSS_NAMESPACE: namespace,
    PITBOSS_REVISION_FILE: `${MOUNTS.revision}/${REVISION_FILE}`,
    PITBOSS_DATABASE_DIR: MOUNTS.database,
    PITBOSS_SEED_KEY_FILE: `${MOUNTS.seed}/${SEED_KEY}`,
    PITBOSS_DATABASE_POOL: String(pool),
    PITBOSS_HTTP_PORT: "8080",
    PITBOSS_OPERATIONS_PORT: "9090",
    PITBOSS_ISSUER: platform.issuer,
    PITBOSS_AUDIENCE: platform.audience,
    ...("url" in jwks ? { PITBOSS_JWKS_URL: jwks.url } : { PITBOSS_JWKS: jwks.inline }),
    PITBOSS_GRACE_SECONDS: String(GRACE_SECONDS),
    PITBOSS_LOG_LEVEL: platform.runtimeLogLevel,
    ...entropyVariables(chain),
  };
  return [
    ...Object.entries(literals).map(([key, value]) => ({ name: key, value })),
    { name: "PITBOSS_POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ...Object.entries({ ...RUNTIME.env, ...chosen(game) }).map(([key, value]) => ({
      name: key,
      value,
    })),
  ];
}

const chosen = ({ spec }: Game): Record<string, string> =>
  Object.fromEntries((spec.template.env ?? []).map(({ name, value }) => [name, value]));

function volumes(game: Game, { revision, certified }: Facts) {
  const files = (keys: readonly string[]) => ({
    secretName: secretName(game),
    defaultMode: 0o440,
    items: keys.map((key) => ({ key, path: key })),
  });
  return [
    { name: "revision", configMap: { name: configMapName(game, revision) } },
    { name: "database", secret: files([...DATABASE_KEYS, ...(certified ? [CA_KEY] : [])]) },
    { name: "seed", secret: files([SEED_KEY]) },
  ];
}
