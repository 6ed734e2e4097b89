/**
 * The settings of the operator, all of them: the environment of its process, and what it hands on to
 * the games. One table; the chart's values fill it.
 */
import { readFileSync } from "node:fs";
import { cleanEnv, num, port, str } from "envalid";
import { list, type NamespacedName, namespacedName, pairs, stringMap } from "./config-values.ts";

const logLevels = ["debug", "info", "warn", "error"] as const;

/** Every setting: name, type, default and what it is for. */
export const settings = {
  PITBOSS_NAMESPACE: str({
    default: "pitboss",
    desc: "The operator's own namespace: its Lease and the platform's Secrets.",
  }),
  PITBOSS_WATCHED_NAMESPACES: list({
    default: [],
    desc: "Namespaces whose Games are served, separated by commas; empty: all.",
  }),
  PITBOSS_KUBERNETES_TOKEN_FILE: str({
    default: "",
    desc: "The token for the API server; unset: KUBECONFIG, or the pod's own service account.",
  }),
  PITBOSS_KUBERNETES_CA_FILE: str({
    default: "",
    desc: "The CA of the API server; unset: as for the token.",
  }),
  KUBERNETES_SERVICE_HOST: str({
    default: "",
    desc: "The API server, where the two files above are set; Kubernetes fills it in.",
  }),
  KUBERNETES_SERVICE_PORT: str({
    default: "",
    desc: "The API server's port, where the two files above are set; Kubernetes fills it in.",
  }),
  PITBOSS_DATABASE_SECRET: str({
    default: "database",
    desc: "The Secret in PITBOSS_NAMESPACE with host, port, database, user, password and ca.crt (optional) of the role pitboss_operator.",
  }),
  PITBOSS_PLATFORM_KEY_SECRET: str({
    default: "platform-key",
    desc: "The Secret in PITBOSS_NAMESPACE whose `key` (64 hex digits) wraps the games' seed keys; made where it is absent. Back it up: without it open rounds cannot be finished.",
  }),
  PITBOSS_PLATFORM_ID: str({
    default: "pitboss",
    desc: "Recorded with every schema, so that two platforms never share one.",
  }),
  PITBOSS_DATABASE_CONNECTIONS: num({
    default: 80,
    desc: "Connections that all games together may hold; keep it below max_connections.",
  }),
  PITBOSS_GAME_CONNECTIONS: num({
    default: 20,
    desc: "Connections that one Game may hold; its pods share them evenly.",
  }),
  PITBOSS_DATABASE_CIDRS: list({
    default: [],
    desc: "Where the database is, for the network policies; empty: its port at any address.",
  }),
  PITBOSS_API_CIDRS: list({
    default: [],
    desc: "Where the API server is, for the operator's own network policy.",
  }),
  PITBOSS_RUNTIME_IMAGE: str({
    default: "pitboss:local",
    desc: "The image of the games' pods, with its digest in production.",
  }),
  PITBOSS_RUNTIME_LOG_LEVEL: str({
    choices: logLevels,
    default: "info",
    desc: "How much the games' pods log. Changing it rolls every game.",
  }),
  PITBOSS_GATEWAY: namespacedName({
    default: undefined,
    desc: "namespace/name of the Gateway that the games' HTTPRoutes attach to.",
  }),
  PITBOSS_GATEWAY_NAMESPACE: str({
    default: "",
    desc: "Where the gateway's or ingress controller's pods run, for the network policies; empty: the Gateway's namespace, or anywhere with an ingress class.",
  }),
  PITBOSS_INGRESS_CLASS: str({
    default: "",
    desc: "The class of the games' Ingresses, where no Gateway is set.",
  }),
  PITBOSS_INGRESS_ANNOTATIONS: stringMap({
    default: {},
    desc: "Annotations of the games' Ingresses, a JSON object, such as the group of an ALB.",
  }),
  PITBOSS_URL: str({
    default: "",
    desc: "The address that players see, such as https://play.example.com; a Game's status.url begins with it.",
  }),
  PITBOSS_ISSUER: str({
    desc: "The iss that players' tokens must carry.",
    example: "https://login.example.com",
  }),
  PITBOSS_AUDIENCE: str({ desc: "The aud that players' tokens must carry.", example: "pitboss" }),
  PITBOSS_JWKS: str({ desc: "The keys of the issuer as JSON.", default: "" }),
  PITBOSS_JWKS_FILE: str({
    desc: "A file with the keys of the issuer; the games get its content.",
    default: "",
  }),
  PITBOSS_JWKS_URL: str({ desc: "Where the games fetch the keys of the issuer.", default: "" }),
  PITBOSS_JWKS_CIDRS: list({
    default: [],
    desc: "Where PITBOSS_JWKS_URL is, for the network policies; empty: its port at any address.",
  }),
  PITBOSS_CHAIN_NAMESPACE: str({
    default: "pitboss-chain",
    desc: "Where the Chains are that Games name; its pod security has to allow hostPath.",
  }),
  PITBOSS_CHAIN_AGENTS: str({
    default: "dns:///{name}-agent.{namespace}.svc:9000",
    desc: "The gRPC target of a Chain's agents; {namespace} and {name} stand for the Chain's.",
  }),
  PITBOSS_CHAIN_CA_SECRET: str({
    default: "chain-ca",
    desc: "The Secret in PITBOSS_NAMESPACE with the authority by which agents and their callers know each other; made where it is absent.",
  }),
  PITBOSS_PRIVATE_CIDRS: list({
    default: [
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "100.64.0.0/10",
      "169.254.0.0/16",
      "fc00::/7",
      "fe80::/10",
    ],
    desc: "Where chains' nodes find no peers: the cluster's networks and your own. Add those that are public addresses.",
  }),
  PITBOSS_POD_PORTS_ANNOTATION: str({
    default: "",
    desc: "Where pods have no addresses of their own: the annotation with the port on this machine of each named port.",
  }),
  PITBOSS_MONITORING_NAMESPACE: str({
    default: "monitoring",
    desc: "Where Prometheus runs: the network policies let it in.",
  }),
  PITBOSS_MONITORING_LABELS: pairs({
    default: {},
    desc: "Labels of ServiceMonitors and PrometheusRules, a=b,c=d, as your Prometheus selects them.",
  }),
  PITBOSS_RUNBOOK_URL: str({
    default: "",
    desc: "Where the runbooks are published; alerts link to a page of it. Empty: no link.",
  }),
  PITBOSS_JACKPOT_IDLE_HOURS: num({
    default: 24,
    desc: "An alert tells of a jackpot that no round has fed for so long.",
  }),
  PITBOSS_OPERATIONS_PORT: port({
    default: 9090,
    desc: "/livez, /readyz and /metrics of the operator.",
  }),
  PITBOSS_LOG_LEVEL: str({
    choices: logLevels,
    default: "info",
    desc: "How much the operator logs.",
  }),
  PITBOSS_POD: str({
    default: "pitboss-operator",
    desc: "This replica's name: who holds the Lease and sends events.",
  }),
};

/** What the builders of children need to know of the platform. */
export interface Platform {
  /** The operator's own; the lobby is there too. */
  readonly namespace: string;
  /** Empty: all. */
  readonly watchedNamespaces: readonly string[];
  readonly runtimeImage: string;
  readonly runtimeLogLevel: string;
  readonly gateway: NamespacedName | undefined;
  /** Where requests of players come from; undefined: anywhere. */
  readonly gatewayNamespace: string | undefined;
  readonly ingress:
    | { readonly className: string; readonly annotations: Readonly<Record<string, string>> }
    | undefined;
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: { readonly inline: string } | { readonly url: string };
  readonly jwksCidrs: readonly string[];
  readonly databaseCidrs: readonly string[];
  readonly gameConnections: number;
  readonly chainNamespace: string;
  /** The template of a gRPC target. */
  readonly chainAgents: string;
  readonly privateCidrs: readonly string[];
  readonly podPortsAnnotation: string;
  readonly monitoring: {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly runbookUrl: string;
    readonly jackpotIdleHours: number;
  };
}

/** The operator's settings, read and checked. */
export type Config = ReturnType<typeof readConfig>;

/** A setting that is missing or wrong: the message names each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads the environment once; throws a ConfigError that names every wrong setting. */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const env = cleanEnv(given(environment), settings, {
    reporter: ({ errors }) => {
      const wrong = Object.entries(errors).map(([name, error]) =>
        error?.name === "EnvMissingError" ? `${name} is missing` : `${name}: ${error?.message}`,
      );
      if (wrong.length > 0) throw new ConfigError(wrong.join("; "));
    },
  });
  return { env: { ...env }, platform: platformOf(env) };
}

// A chart writes unused settings as empty strings.
function given(environment: NodeJS.ProcessEnv): Record<string, string> {
  const pairs = Object.entries(environment).map(([name, text]) => [name, text?.trim() ?? ""]);
  return Object.fromEntries(pairs.filter(([, text]) => text !== ""));
}

type Env = ReturnType<typeof cleanEnv<typeof settings>>;

function platformOf(env: Env): Platform {
  const className = env.PITBOSS_INGRESS_CLASS;
  if (env.PITBOSS_GATEWAY && className) {
    throw new ConfigError("set one of PITBOSS_GATEWAY and PITBOSS_INGRESS_CLASS, not both");
  }
  return {
    namespace: env.PITBOSS_NAMESPACE,
    watchedNamespaces: env.PITBOSS_WATCHED_NAMESPACES,
    runtimeImage: env.PITBOSS_RUNTIME_IMAGE,
    runtimeLogLevel: env.PITBOSS_RUNTIME_LOG_LEVEL,
    gateway: env.PITBOSS_GATEWAY,
    gatewayNamespace: env.PITBOSS_GATEWAY_NAMESPACE || env.PITBOSS_GATEWAY?.namespace,
    ingress: className ? { className, annotations: env.PITBOSS_INGRESS_ANNOTATIONS } : undefined,
    url: env.PITBOSS_URL.replace(/\/+$/, ""),
    issuer: env.PITBOSS_ISSUER,
    audience: env.PITBOSS_AUDIENCE,
    jwks: jwksOf(env),
    jwksCidrs: env.PITBOSS_JWKS_CIDRS,
    databaseCidrs: env.PITBOSS_DATABASE_CIDRS,
    gameConnections: env.PITBOSS_GAME_CONNECTIONS,
    chainNamespace: env.PITBOSS_CHAIN_NAMESPACE,
    chainAgents: env.PITBOSS_CHAIN_AGENTS,
    privateCidrs: env.PITBOSS_PRIVATE_CIDRS,
    podPortsAnnotation: env.PITBOSS_POD_PORTS_ANNOTATION,
    monitoring: {
      namespace: env.PITBOSS_MONITORING_NAMESPACE,
      labels: env.PITBOSS_MONITORING_LABELS,
      runbookUrl: env.PITBOSS_RUNBOOK_URL.replace(/\/+$/, ""),
      jackpotIdleHours: env.PITBOSS_JACKPOT_IDLE_HOURS,
    },
  };
}

// A file in the operator's pod is in no other pod, so its content travels.
function jwksOf(env: Env): Platform["jwks"] {
  const given = [env.PITBOSS_JWKS, env.PITBOSS_JWKS_FILE, env.PITBOSS_JWKS_URL].filter(Boolean);
  if (given.length !== 1) {
    throw new ConfigError("set one of PITBOSS_JWKS, PITBOSS_JWKS_FILE and PITBOSS_JWKS_URL");
  }
  if (env.PITBOSS_JWKS_URL) return { url: env.PITBOSS_JWKS_URL };
  const text = env.PITBOSS_JWKS || readFileSync(env.PITBOSS_JWKS_FILE, "utf8");
  // Compact, so that white space in a file rolls no game.
  try {
    const keys: unknown = JSON.parse(text);
    if (typeof keys === "object" && keys !== null && "keys" in keys && Array.isArray(keys.keys)) {
      return { inline: JSON.stringify(keys) };
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new ConfigError('PITBOSS_JWKS holds no JSON Web Key Set, {"keys": […]}');
}
