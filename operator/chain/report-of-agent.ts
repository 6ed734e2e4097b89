/** What an agent says of its chain and nodes at /status, read with suspicion: another version may have written it. */

export interface BlockRef {
  readonly height: bigint;
  readonly hash: string;
}

export type ChainState =
  | "OK"
  | "LAGGING"
  | "SYNCING"
  | "UNAVAILABLE"
  | "FINALITY_VIOLATION"
  | "UNKNOWN";

export type NodeState =
  | "OK"
  | "LAGGING"
  | "SYNCING"
  | "UNAVAILABLE"
  | "FORKED"
  | "WRONG_CHAIN"
  | "UNKNOWN";

export interface NodeReport {
  readonly name: string;
  readonly state: NodeState;
  readonly message: string;
}

export interface AgentReport {
  readonly state: ChainState;
  readonly head: BlockRef | undefined;
  readonly finalized: BlockRef | undefined;
  readonly headAgeSeconds: number | undefined;
  readonly nodes: readonly NodeReport[];
  /** What broke finality, for people. */
  readonly violation: string | undefined;
}

const CHAIN_STATES = ["OK", "LAGGING", "SYNCING", "UNAVAILABLE", "FINALITY_VIOLATION"] as const;
const NODE_STATES = ["OK", "LAGGING", "SYNCING", "UNAVAILABLE", "FORKED", "WRONG_CHAIN"] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Reads a ChainStatus of the agent's contract in its JSON form. */
export function readReport(value: unknown): AgentReport {
  const status = fields(value);
  const age = Number(status["headAgeMs"]);
  const violation = fields(status["violation"])["message"];
  return {
    state: stateOf(CHAIN_STATES, "CHAIN_STATE_", status["state"]),
    head: blockOf(status["head"]),
    finalized: blockOf(status["finalized"]),
    headAgeSeconds: Number.isFinite(age) ? Math.max(0, Math.floor(age / 1000)) : undefined,
    nodes: (Array.isArray(status["nodes"]) ? status["nodes"] : []).map((one) => {
      const node = fields(one);
      return {
        name: String(node["name"] ?? ""),
        state: stateOf(NODE_STATES, "NODE_STATE_", node["state"]),
        message: String(node["message"] ?? ""),
      };
    }),
    violation: status["violation"] ? String(violation ?? "finality is broken") : undefined,
  };
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function stateOf<S extends string>(
  known: readonly S[],
  prefix: string,
  value: unknown,
): S | "UNKNOWN" {
  const text = String(value ?? "").replace(prefix, "");
  return known.find((one) => one === text) ?? "UNKNOWN";
}

function blockOf(value: unknown): BlockRef | undefined {
  const { height, hash } = fields(value);
  if (typeof hash !== "string" || !/^\d{1,18}$/.test(String(height ?? ""))) return undefined;
  return { height: BigInt(String(height)), hash };
}
