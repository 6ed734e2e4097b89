import { setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";
import pg from "pg";
import { findEngine } from "../../games/index.ts";
import { endingOf, type OpenRound, recordOf, sourceOf } from "../../games/open-round.ts";
import { type Compiled, compile } from "../../games/play.ts";
import { setDeleting } from "./catalogue.ts";
import { DatabaseAway } from "./failure.ts";
import { schemaOf } from "./names.ts";
import { openSeed } from "./open-seed.ts";
import { inSession, inTransaction } from "./session.ts";
import type { Database } from "./types.ts";

/** Rounds that one call ends at most, so that its caller can say how it goes. */
const ROUNDS_AT_ONCE = 1_000;

/** How long to leave a round to a pod that has it in hand. */
const BUSY_MS = 250;

export interface FinishOptions {
  /** Every open round, because the Game is being deleted; else only those past their time. */
  readonly all: boolean;
}

/** Open rounds of a game; none where its tables are not there. */
export function openRounds(db: Database, game: string): Promise<number> {
  return inSession(db, `counting the open rounds of ${game}`, async (client) => {
    const table = `${pg.escapeIdentifier(schemaOf(game))}.open_rounds`;
    const there = await client.query("SELECT to_regclass($1) IS NOT NULL AS there", [table]);
    if (there.rows[0].there !== true) return 0;
    const { rows } = await client.query<{ open: string }>(`SELECT count(*) AS open FROM ${table}`);
    return Number(rows[0]?.open ?? 0);
  });
}

/**
 * Ends abandoned rounds as their engine says, in the operator itself, so that it works without a pod and beside pods
 * that do the same: the locks give each round to one of them. Throws once all others are done where one cannot be.
 */
export async function finishOpenRounds(
  db: Database,
  game: string,
  seedKey: Buffer,
  { all }: FinishOptions,
): Promise<{ finished: number; left: number }> {
  // A game that is being deleted has no time left for any round: SQL takes them all for expired.
  if (all) await setDeleting(db, game);
  const left = await openRounds(db, game);
  if (left === 0) return { finished: 0, left };
  const finisher = new Finisher(db, game, seedKey);
  const finished = await finisher.run();
  if (finished === 0) await sleep(BUSY_MS);
  return { finished, left: await openRounds(db, game) };
}

interface Expired {
  readonly player: string;
  readonly round: string;
}

class Finisher {
  readonly #db: Database;
  readonly #game: string;
  readonly #seedKey: Buffer;
  readonly #schema: string;
  readonly #compiled = new Map<string, Compiled>();

  constructor(db: Database, game: string, seedKey: Buffer) {
    this.#db = db;
    this.#game = game;
    this.#seedKey = seedKey;
    this.#schema = pg.escapeIdentifier(schemaOf(game));
  }

  /** How many rounds this call ended. */
  async run(): Promise<number> {
    const expired = await inSession(this.#db, `listing open rounds of ${this.#game}`, (client) =>
      client.query<Expired>(`SELECT player, round FROM ${this.#schema}.expired($1)`, [
        ROUNDS_AT_ONCE,
      ]),
    );
    let finished = 0;
    const faults: unknown[] = [];
    for (const { player, round } of expired.rows) {
      try {
        if (await this.#finish(player, round)) finished += 1;
      } catch (error) {
        if (error instanceof DatabaseAway) throw error;
        faults.push(error);
      }
    }
    if (faults.length > 0 && finished === 0) throw faults[0];
    return finished;
  }

  #finish(player: string, round: string): Promise<boolean> {
    return inSession(this.#db, `ending round ${round} of ${this.#game}`, (client) =>
      inTransaction(client, async () => {
        const { rows } = await client.query<{ open: OpenRound | null }>(
          `SELECT ${this.#schema}.lock_expired($1, $2) AS open`,
          [player, round],
        );
        const open = rows[0]?.open ?? null;
        if (open === null) return false;
        await this.#record(client, open);
        return true;
      }),
    );
  }

  async #record(client: PoolClient, round: OpenRound): Promise<void> {
    const compiled = await this.#rulesOf(client, round.revision);
    const owner = { game: this.#game, player: round.player, pair: round.pair };
    const serverSeed = openSeed(this.#seedKey, owner, Buffer.from(round.sealed, "hex"));
    const { standing, actions } = endingOf(
      sourceOf(this.#game, compiled, serverSeed, round),
      round,
    );
    const { rows } = await client.query<{ status: string }>(
      `SELECT status FROM ${this.#schema}.act($1)`,
      [JSON.stringify(recordOf(round, standing, actions))],
    );
    if (rows[0]?.status !== "done") throw new Error(`act() answered ${rows[0]?.status}`);
  }

  /** The rules that the round was begun with, which need not be those of today. */
  async #rulesOf(client: PoolClient, revision: string): Promise<Compiled> {
    const known = this.#compiled.get(revision);
    if (known !== undefined) return known;
    const { rows } = await client.query(
      "SELECT engine, engine_version, config FROM pitboss.revisions WHERE revision = $1",
      [revision],
    );
    const row = rows[0] ?? {};
    const engine = findEngine(row.engine, row.engine_version);
    if (engine === undefined) {
      throw new Error(`revision ${revision} needs ${row.engine} ${row.engine_version}`);
    }
    const compiled = compile(engine, row.config);
    if ("problems" in compiled) throw new Error(`revision ${revision} does not compile`);
    this.#compiled.set(revision, compiled);
    return compiled;
  }
}
