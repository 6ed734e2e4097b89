import { bool, cleanEnv, makeValidator, num, port, str } from "envalid";

/** The settings are wrong: says each one and its cure. */
export class ConfigError extends Error {
  override readonly name = "ConfigError" as const;
}

/** A setting of one process environment: text is trimmed and the empty string counts as not given. */
export type Environment = Readonly<Record<string, string | undefined>>;

const atLeastOne = makeValidator((text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new TypeError("not a whole number above 0");
  return value;
});

const amount = makeValidator((text) => {
  if (!/^[1-9][0-9]{0,37}$/.test(text)) throw new TypeError("not a whole number above 0");
  return BigInt(text);
});

const chainId = makeValidator((text) => {
  if (!/^(eip155:[1-9][0-9]{0,31}|bip122:[0-9a-f]{32})$/.test(text)) {
    throw new TypeError('not a CAIP-2 id, such as "eip155:1"');
  }
  return text;
});

const genesis = makeValidator((text) => {
  if (!/^(0x)?[0-9a-f]{64}$/.test(text))
    throw new TypeError("not a hash of 64 lower-case hex digits");
  return text;
});

/** Addresses are told without user names and passwords in the log and the status; the list itself may hold them. */
const nodes = makeValidator((text) => {
  const urls = text.split(",").map((url) => url.trim());
  for (const part of urls.flatMap((url) => url.split("|"))) {
    if (!/^(https?|wss?):$/.test(URL.parse(part)?.protocol ?? "")) {
      throw new TypeError("not a comma list of http(s) or ws(s) URLs");
    }
  }
  return urls;
});

/** What a chain's agent is told. */
export const chainAgentSettings = {
  PITBOSS_CHAIN: str({ desc: "namespace/name of the Chain object", example: "casino/ethereum" }),
  PITBOSS_CHAIN_PROTOCOL: str({
    choices: ["ethereum", "bitcoin"],
    desc: "The family of the chain; Litecoin and the like speak bitcoin",
  }),
  PITBOSS_CHAIN_ID: chainId({ desc: "CAIP-2 id of the chain: a node of another one is left out" }),
  PITBOSS_CHAIN_NETWORK: str({
    default: "",
    desc: "What people call the network, shown in proofs; the CAIP-2 id where it is not set",
  }),
  PITBOSS_CHAIN_GENESIS: genesis({
    default: undefined,
    desc: "Hash of block 0: a node that has another one is left out",
  }),
  PITBOSS_CHAIN_NODES: nodes({
    desc: "RPC addresses of the nodes, with commas between; http://…|ws://… names a websocket that wakes the agent",
    example: "http://127.0.0.1:8545|ws://127.0.0.1:8546",
  }),
  PITBOSS_CHAIN_QUORUM: atLeastOne({
    default: undefined,
    desc: "Nodes that must agree; more than half of them where it is not set",
  }),
  PITBOSS_CHAIN_CONFIRMATIONS: atLeastOne({
    desc: "A block is final at this depth, itself included, and never before the nodes themselves say so",
  }),
  PITBOSS_CHAIN_INSECURE: bool({
    default: false,
    desc: "A development chain, whose blocks anybody can make at will",
  }),
  PITBOSS_CHAIN_POLL_MS: atLeastOne({
    default: 1000,
    desc: "Milliseconds between two polls of a node",
  }),
  PITBOSS_CHAIN_LAG_BLOCKS: atLeastOne({
    default: 5,
    desc: "A node so many blocks behind the quorum is left out",
  }),
  PITBOSS_CHAIN_STALE_SECONDS: atLeastOne({
    default: undefined,
    desc: "A head older than that is LAGGING; 120 for ethereum and 7200 for bitcoin where it is not set",
  }),
  PITBOSS_CHAIN_RETENTION_BLOCKS: atLeastOne({
    default: 10_000,
    desc: "Blocks below the finalized one from which a stream may go on",
  }),
  PITBOSS_ENTROPY_BLOCKS_AHEAD: atLeastOne({
    default: undefined,
    desc: "Least distance of an entropy height from the head; where it is not set 128 for ethereum (four epochs, EIP-4399), 6 for bitcoin and 2 for development chains",
  }),
  PITBOSS_DATABASE_DIR: str({
    desc: "Folder of the database's Secret: files host, port, database, user, password and, for TLS, ca.crt",
    example: "/etc/pitboss/database",
  }),
  PITBOSS_DATABASE_POOL: atLeastOne({ default: 5, desc: "Most connections to the database" }),
  PITBOSS_GRPC_PORT: port({ default: 9000, desc: "Port of the gRPC services" }),
  PITBOSS_OPERATIONS_PORT: port({
    default: 9090,
    desc: "Port of /livez, /readyz, /status and /metrics",
  }),
  PITBOSS_TLS_DIR: str({
    default: "",
    desc: "Folder of tls.crt, tls.key and ca.crt: with it only callers with a certificate of that authority are let in, and new files are taken up; without it all is in clear",
  }),
  PITBOSS_CASHIERS: str({
    default: "",
    desc: "Names (CN) in the certificates of callers that may use deposits and withdrawals, with commas between; every caller where it is not set",
  }),
  PITBOSS_SIGNER_KEY_FILE: str({
    default: "",
    desc: "File of the hot wallet's private key in hex; without a signer there are no withdrawals",
  }),
  PITBOSS_DEPOSIT_XPUB_FILE: str({
    default: "",
    desc: "File of the extended public key that the deposits' addresses are derived from; without it the agent gives none",
  }),
  PITBOSS_CHAIN_ASSETS: str({
    default: "",
    desc: "CAIP-19 ids of what comes in and goes out beside the native coin, with commas between",
  }),
  PITBOSS_FEE_RATE_MAX: amount({
    default: undefined,
    desc: "Most that a withdrawal's transaction pays: wei a gas (500 gwei where it is not set), or satoshi a virtual kilobyte (500,000)",
  }),
  PITBOSS_FEE_BUMP_SECONDS: num({
    default: 60,
    desc: "Seconds after which the withdrawal that holds up all others is sent again with a higher fee",
  }),
  PITBOSS_RESEND_SECONDS: num({
    default: 20,
    desc: "Seconds after which a withdrawal that is not mined is given to the nodes again",
  }),
  PITBOSS_MAX_STREAMS: atLeastOne({ default: 5000, desc: "Most streams at once" }),
  PITBOSS_HEARTBEAT_SECONDS: atLeastOne({
    default: 10,
    desc: "Seconds between two heartbeats of a stream of blocks",
  }),
  PITBOSS_CONNECTION_AGE_SECONDS: atLeastOne({
    default: 1800,
    desc: "Age at which a connection and its streams are asked to connect again, so that they spread over the replicas",
  }),
  PITBOSS_DRAIN_SECONDS: num({
    default: 3,
    desc: "Seconds after SIGTERM in which the agent is not ready but still takes calls, until nobody is sent to it",
  }),
  PITBOSS_GRACE_SECONDS: num({
    default: 20,
    desc: "Seconds after SIGTERM to finish what is in flight; the chain's node needs the rest of the pod's grace",
  }),
  PITBOSS_LOG_LEVEL: str({
    choices: ["debug", "info", "warn", "error"],
    default: "info",
    desc: "The least severe level that is logged",
  }),
  PITBOSS_POD: str({ default: "", desc: "metadata.name of the pod, for the log and the leases" }),
};

export interface ChainAgentConfig {
  readonly chain: string;
  readonly protocol: "ethereum" | "bitcoin";
  readonly chainId: string;
  readonly network: string;
  readonly genesis: string | undefined;
  readonly nodes: readonly string[];
  readonly quorum: number;
  readonly confirmations: number;
  readonly insecure: boolean;
  readonly pollMs: number;
  readonly lagBlocks: number;
  readonly staleMs: number;
  readonly retentionBlocks: number;
  readonly entropyBlocksAhead: number;
  readonly databaseDir: string;
  readonly databasePool: number;
  readonly grpcPort: number;
  readonly operationsPort: number;
  readonly tlsDir: string;
  readonly cashiers: readonly string[];
  readonly signerKeyFile: string;
  readonly depositXpubFile: string;
  readonly assets: readonly string[];
  readonly feeRateMax: bigint;
  readonly feeBumpMs: number;
  readonly resendMs: number;
  readonly maxStreams: number;
  readonly heartbeatMs: number;
  readonly connectionAgeMs: number;
  readonly drainMs: number;
  readonly graceMs: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly pod: string;
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

function words(text: string): string[] {
  return text.split(",").flatMap((word) => (word.trim() === "" ? [] : [word.trim()]));
}

/** What a setting is where nobody set it, by protocol. */
const usual = {
  ethereum: { staleSeconds: 120, blocksAhead: 128, feeRateMax: 500_000_000_000n },
  bitcoin: { staleSeconds: 7200, blocksAhead: 6, feeRateMax: 500_000n },
} as const;
const insecureBlocksAhead = 2;

/** Reads the settings; throws ConfigError with every fault at once. */
export function readChainAgentConfig(environment: Environment): ChainAgentConfig {
  const env = cleanEnv(given(environment), chainAgentSettings, { reporter });
  const protocol = env.PITBOSS_CHAIN_PROTOCOL;
  const count = env.PITBOSS_CHAIN_NODES.length;
  const quorum = env.PITBOSS_CHAIN_QUORUM ?? Math.floor(count / 2) + 1;
  if (quorum > count) {
    throw new ConfigError(`PITBOSS_CHAIN_QUORUM is ${quorum}, but there are ${count} nodes`);
  }
  const prefix = protocol === "ethereum" ? "eip155:" : "bip122:";
  if (!env.PITBOSS_CHAIN_ID.startsWith(prefix)) {
    throw new ConfigError(`PITBOSS_CHAIN_ID of ${protocol} begins with ${prefix}`);
  }
  const insecure = env.PITBOSS_CHAIN_INSECURE;
  const blocksAhead = insecure ? insecureBlocksAhead : usual[protocol].blocksAhead;
  return {
    ...{ protocol, quorum, insecure },
    chain: env.PITBOSS_CHAIN,
    chainId: env.PITBOSS_CHAIN_ID,
    network: env.PITBOSS_CHAIN_NETWORK || env.PITBOSS_CHAIN_ID,
    genesis: env.PITBOSS_CHAIN_GENESIS,
    nodes: env.PITBOSS_CHAIN_NODES,
    confirmations: env.PITBOSS_CHAIN_CONFIRMATIONS,
    pollMs: env.PITBOSS_CHAIN_POLL_MS,
    lagBlocks: env.PITBOSS_CHAIN_LAG_BLOCKS,
    staleMs: (env.PITBOSS_CHAIN_STALE_SECONDS ?? usual[protocol].staleSeconds) * 1000,
    retentionBlocks: env.PITBOSS_CHAIN_RETENTION_BLOCKS,
    entropyBlocksAhead: env.PITBOSS_ENTROPY_BLOCKS_AHEAD ?? blocksAhead,
    databaseDir: env.PITBOSS_DATABASE_DIR,
    databasePool: env.PITBOSS_DATABASE_POOL,
    grpcPort: env.PITBOSS_GRPC_PORT,
    operationsPort: env.PITBOSS_OPERATIONS_PORT,
    tlsDir: env.PITBOSS_TLS_DIR,
    cashiers: words(env.PITBOSS_CASHIERS),
    signerKeyFile: env.PITBOSS_SIGNER_KEY_FILE,
    depositXpubFile: env.PITBOSS_DEPOSIT_XPUB_FILE,
    assets: words(env.PITBOSS_CHAIN_ASSETS),
    feeRateMax: env.PITBOSS_FEE_RATE_MAX ?? usual[protocol].feeRateMax,
    feeBumpMs: env.PITBOSS_FEE_BUMP_SECONDS * 1000,
    resendMs: env.PITBOSS_RESEND_SECONDS * 1000,
    maxStreams: env.PITBOSS_MAX_STREAMS,
    heartbeatMs: env.PITBOSS_HEARTBEAT_SECONDS * 1000,
    connectionAgeMs: env.PITBOSS_CONNECTION_AGE_SECONDS * 1000,
    drainMs: env.PITBOSS_DRAIN_SECONDS * 1000,
    graceMs: env.PITBOSS_GRACE_SECONDS * 1000,
    logLevel: env.PITBOSS_LOG_LEVEL,
    pod: env.PITBOSS_POD,
  };
}
