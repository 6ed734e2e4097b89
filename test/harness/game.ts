import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { toText } from "../../games/fraction.ts";
import type { Json } from "../../games/game.ts";
import { engines } from "../../games/index.ts";
import { type Compiled, compile } from "../../games/play.ts";
import type { AgentSettings } from "../../runtime/agents.ts";
import { openGame } from "../../runtime/game.ts";
import type {
  EntropyTerms,
  Hooks,
  OpenGame,
  PlaceRequest,
  RoundView,
} from "../../runtime/types.ts";
import type { TestDatabase, TestGame } from "./database.ts";

export interface TestStakes {
  readonly currency: string;
  readonly digits: number;
  readonly min: string;
  readonly max: string;
  readonly step: string;
  readonly maxPayout: string;
}

/** 0.25 to 100 USD, at most 10,000 back. */
export const usd: TestStakes = {
  ...{ currency: "USD", digits: 2, min: "25", max: "10000", step: "25", maxPayout: "1000000" },
};

export interface TestGameOptions {
  readonly stakes?: readonly TestStakes[];
  readonly openTimeout?: string;
  readonly lossLimits?: { [currency: string]: string };
  readonly entropy?: EntropyTerms;
}

/** A Game in a test's database, listed as the operator would, with the means to run its pods. */
export interface ListedGame extends TestGame {
  readonly compiled: Compiled;
  readonly seedKey: Buffer;
  /** As the operator: in a transaction of its own. */
  readonly operator: pg.Pool;
  /** Another pod of the game. */
  pod(options?: PodOptions): Promise<OpenGame>;
  /** A player with money; a name that no other test uses. */
  player(balance?: number | bigint, currency?: string): Promise<string>;
  balance(player: string, currency?: string): Promise<bigint>;
  /** Stops the pods and the operator's connections. */
  close(): Promise<void>;
}

export interface PodOptions {
  /** Another revision of the game, in a rollout. */
  readonly compiled?: Compiled;
  readonly hooks?: Hooks;
  readonly connections?: number;
  readonly sweepSeconds?: number;
  /** Where the Chains' agents are. */
  readonly agents?: AgentSettings;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Provisions a game of this engine and lists it in the catalogue. */
export async function listedGame(
  database: TestDatabase,
  engineName: string,
  config: Json = {},
  options: TestGameOptions = {},
): Promise<ListedGame> {
  const engine = engines.get(engineName);
  if (engine === undefined) throw new Error(`there is no engine ${engineName}`);
  const compiled = compile(engine, config);
  if ("problems" in compiled) throw new Error(JSON.stringify(compiled.problems));
  const game = await database.provision(database.gameName(engineName), { connectionLimit: 60 });
  const operator = new pg.Pool({ connectionString: database.url, max: 4 });
  operator.on("error", () => {});
  await list(operator, game, compiled, options);
  const directory = await secretFolder(game);
  const seedKey = randomBytes(32);
  const pods = new Set<OpenGame>();
  return {
    ...{ ...game, compiled, seedKey, operator },
    async pod({ compiled: own = compiled, ...more } = {}) {
      const pod = await openGame({
        ...{ game: game.name, engine, config: own.config, revision: own.revision },
        ...{ databaseDirectory: directory, seedKey, pod: "test", logger: silent },
        ...{ connections: 5, sweepSeconds: 3600, ...more },
      });
      pods.add(pod);
      const stop = async () => {
        pods.delete(pod);
        await pod.stop();
      };
      return { ...pod, stop };
    },
    player: (balance = 100_000, currency = "USD") => player(operator, BigInt(balance), currency),
    balance: (name, currency = "USD") => balanceOf(operator, name, currency),
    async close() {
      await Promise.all([...pods].map((pod) => pod.stop()));
      await operator.end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A request for a round with a key and a hash of its own. */
export function placeRequest(
  player: string,
  bet: Json,
  more: Partial<PlaceRequest> = {},
): PlaceRequest {
  const request = {
    player,
    key: randomBytes(8).toString("hex"),
    currency: "USD",
    stake: 100n,
    bet,
  };
  return { ...request, requestHash: hashOf(bet), ...more };
}

/** The round that was made; an error that names the refusal where there is none. */
export function created(placed: Awaited<ReturnType<OpenGame["rounds"]["place"]>>): RoundView {
  if ("created" in placed) return placed.created;
  throw new Error("refused" in placed ? `refused: ${placed.refused}` : "the round is a replay");
}

/** The round after an action; an error that names the refusal where there is none. */
export function moved(acted: Awaited<ReturnType<OpenGame["rounds"]["act"]>>): RoundView {
  if ("refused" in acted) throw new Error(`refused: ${acted.refused}`);
  return acted.round;
}

export function hashOf(value: Json): Buffer {
  return createHash("sha256").update(JSON.stringify(value)).digest();
}

async function list(
  operator: pg.Pool,
  game: TestGame,
  compiled: Compiled,
  { stakes = [usd], openTimeout = "24 hours", lossLimits = {}, entropy }: TestGameOptions,
): Promise<void> {
  const { engine, revision, config, prepared } = compiled;
  await operator.query(
    `INSERT INTO pitboss.revisions (revision, engine, engine_version, config, max_multiplier)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [revision, engine.name, engine.version, config, toText(engine.maxMultiplier(prepared))],
  );
  const row = {
    ...{ name: game.name, namespace: game.namespace, uid: game.uid, engine: engine.name },
    ...{ engine_version: engine.version, title: game.name, revision, config },
    ...{ stakes: JSON.stringify(stakes), open_timeout: openTimeout, path: `/games/${game.name}` },
    ...{ ready: true, loss_limits: lossLimits, entropy: entropy ?? null },
  };
  const names = Object.keys(row);
  const places = names.map((_, i) => `$${i + 1}`);
  await operator.query(
    `INSERT INTO pitboss.games (${names.join()}) VALUES (${places.join()})`,
    Object.values(row),
  );
}

/** The game's database Secret as a pod mounts it. */
async function secretFolder({ settings }: TestGame): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "pitboss-secret-"));
  await mkdir(directory, { recursive: true });
  for (const [field, value] of Object.entries(settings)) {
    await writeFile(join(directory, field), String(value));
  }
  return directory;
}

async function player(operator: pg.Pool, balance: bigint, currency: string): Promise<string> {
  const name = `player-${randomBytes(6).toString("hex")}`;
  if (balance === 0n) return name;
  await operator.query("SELECT * FROM pitboss.cashier_transfer($1, $2, $3, $4)", [
    name,
    currency,
    String(balance),
    `fund ${name}`,
  ]);
  return name;
}

async function balanceOf(operator: pg.Pool, name: string, currency: string): Promise<bigint> {
  const { rows } = await operator.query(
    "SELECT balance FROM pitboss.balances WHERE player = $1 AND currency = $2",
    [name, currency],
  );
  return BigInt(rows[0]?.balance ?? 0);
}
