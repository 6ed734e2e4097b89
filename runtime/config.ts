import { type CleanedEnv, cleanEnv, makeValidator, num, port, str, url } from "envalid";
import type { AgentSettings } from "./agents.ts";

/** The settings are wrong: says each one and its cure. */
export class ConfigError extends Error {
  override readonly name = "ConfigError" as const;
}

/** A setting of one process environment: text is trimmed and the empty string counts as not given. */
export type Environment = Readonly<Record<string, string | undefined>>;

const jwks = makeValidator((text) => {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "keys")) {
    throw new TypeError('not a JSON Web Key Set, {"keys": […]}');
  }
  return text;
});

const atLeastOne = makeValidator((text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new TypeError("not a whole number above 0");
  return value;
});

/** What every process that players reach is told. */
export const sharedSettings = {
  PITBOSS_DATABASE_DIR: str({
    desc: "Folder of the database's Secret: files host, port, database, user, password and, for TLS, ca.crt",
    example: "/etc/pitboss/database",
  }),
  PITBOSS_DATABASE_POOL: atLeastOne({
    default: 5,
    desc: "Most connections for requests; the listening connection is one more",
  }),
  PITBOSS_HTTP_PORT: port({ default: 8080, desc: "Port for players" }),
  PITBOSS_OPERATIONS_PORT: port({
    default: 9090,
    desc: "Port of /livez, /readyz and /metrics; never the players'",
  }),
  PITBOSS_ISSUER: str({
    desc: "The iss that a token must carry",
    example: "https://login.example",
  }),
  PITBOSS_AUDIENCE: str({ desc: "The aud that a token must carry", example: "pitboss" }),
  PITBOSS_JWKS: jwks({
    default: undefined,
    desc: "The token keys: a JSON Web Key Set as text. One of the three PITBOSS_JWKS… is needed",
  }),
  PITBOSS_JWKS_FILE: str({
    default: undefined,
    desc: "The token keys: a mounted file, read again when it changes",
  }),
  PITBOSS_JWKS_URL: url({
    default: undefined,
    desc: "The token keys: an address that serves the set, read again for an unknown key",
  }),
  PITBOSS_GRACE_SECONDS: num({
    default: 25,
    desc: "Seconds after SIGTERM to finish what is in flight; below the pod's grace period",
  }),
  PITBOSS_LOG_LEVEL: str({
    choices: ["debug", "info", "warn", "error"],
    default: "info",
    desc: "The least severe level that is logged",
  }),
  PITBOSS_POD: str({ default: "", desc: "metadata.name of the pod, for the log" }),
};

/** Where the Chains are: the lobby moves money there, a game server takes entropy. */
export const chainSettings = {
  PITBOSS_CHAIN_AGENTS: str({
    default: "dns:///{name}-agent.{namespace}.svc:9000",
    desc: "gRPC target of a Chain's agents; {namespace} and {name} stand for the Chain's",
  }),
  PITBOSS_CHAIN_TLS_DIR: str({
    default: "",
    desc: "Folder of ca.crt, tls.crt and tls.key by which agents and their callers know each other; without it they talk in clear",
  }),
};

/** What a game server is told beside that. */
export const runtimeSettings = {
  ...sharedSettings,
  ...chainSettings,
  PITBOSS_GAME: str({ desc: "Name of the Game object; its path is /games/<name>" }),
  PITBOSS_NAMESPACE: str({ desc: "Namespace of the Game object" }),
  PITBOSS_REVISION_FILE: str({
    desc: "JSON {engine, engineVersion, config, revision}, defaults filled in: what this pod serves",
  }),
  PITBOSS_SEED_KEY_FILE: str({
    desc: "The game's seed key: 32 bytes as 64 hex digits; encrypts server seeds at rest",
  }),
};

/** Where the keys that sign tokens come from. */
export type KeySource = { inline: string } | { file: string } | { url: string };

export interface SharedConfig {
  readonly databaseDir: string;
  readonly databasePool: number;
  readonly httpPort: number;
  readonly operationsPort: number;
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeySource;
  readonly graceSeconds: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly pod: string;
}

export interface RuntimeConfig extends SharedConfig {
  readonly game: string;
  readonly namespace: string;
  readonly revisionFile: string;
  readonly seedKeyFile: string;
  readonly chainAgents: AgentSettings;
}

function reporter({ errors }: { errors: Partial<Record<string, Error>> }): void {
  const lines = Object.entries(errors).map(([name, error]) => {
    return error?.name === "EnvMissingError" ? `${name} is missing` : `${name}: ${error?.message}`;
  });
  if (lines.length > 0) throw new ConfigError(lines.join("; "));
}

function given(env: Environment): Record<string, string> {
  const pairs = Object.entries(env).map(([name, text]) => [name, text?.trim() ?? ""]);
  return Object.fromEntries(pairs.filter(([, text]) => text !== ""));
}

function keySource(env: {
  readonly PITBOSS_JWKS?: string | undefined;
  readonly PITBOSS_JWKS_FILE?: string | undefined;
  readonly PITBOSS_JWKS_URL?: string | undefined;
}): KeySource {
  const sources: KeySource[] = [];
  if (env.PITBOSS_JWKS !== undefined) sources.push({ inline: env.PITBOSS_JWKS });
  if (env.PITBOSS_JWKS_FILE !== undefined) sources.push({ file: env.PITBOSS_JWKS_FILE });
  if (env.PITBOSS_JWKS_URL !== undefined) sources.push({ url: env.PITBOSS_JWKS_URL });
  const [source] = sources;
  if (source === undefined || sources.length > 1) {
    throw new ConfigError("set one of PITBOSS_JWKS, PITBOSS_JWKS_FILE and PITBOSS_JWKS_URL");
  }
  return source;
}

/** The settings of one process, checked; throws ConfigError with every fault at once. */
export function settingsIn<S>(environment: Environment, settings: S): CleanedEnv<S> {
  return cleanEnv(given(environment), settings, { reporter });
}

/** Reads what runtime and lobby share; throws ConfigError with every fault at once. */
export function readSharedConfig(environment: Environment): SharedConfig {
  const env = settingsIn(environment, sharedSettings);
  return {
    databaseDir: env.PITBOSS_DATABASE_DIR,
    databasePool: env.PITBOSS_DATABASE_POOL,
    httpPort: env.PITBOSS_HTTP_PORT,
    operationsPort: env.PITBOSS_OPERATIONS_PORT,
    issuer: env.PITBOSS_ISSUER,
    audience: env.PITBOSS_AUDIENCE,
    keys: keySource(env),
    graceSeconds: env.PITBOSS_GRACE_SECONDS,
    logLevel: env.PITBOSS_LOG_LEVEL,
    pod: env.PITBOSS_POD,
  };
}

/** Reads a game server's settings; throws ConfigError with every fault at once. */
export function readRuntimeConfig(environment: Environment): RuntimeConfig {
  const env = settingsIn(environment, runtimeSettings);
  return {
    ...readSharedConfig(environment),
    game: env.PITBOSS_GAME,
    namespace: env.PITBOSS_NAMESPACE,
    revisionFile: env.PITBOSS_REVISION_FILE,
    seedKeyFile: env.PITBOSS_SEED_KEY_FILE,
    chainAgents: { target: env.PITBOSS_CHAIN_AGENTS, tlsDir: env.PITBOSS_CHAIN_TLS_DIR },
  };
}
