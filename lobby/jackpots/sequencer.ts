import { type Database, isDatabaseAway } from "../../runtime/database.ts";
import type { Logger } from "../../runtime/log.ts";
import { pause } from "../../runtime/pause.ts";

/** A contribution waits so long at most until somebody looks, and a win with it. */
const EVERY_MS = 200;
const AWAY_MS = 1_000;
/** The sequencer takes this many at a time; a full batch says that more wait. */
const BATCH = 5_000;

const waitingOf = {
  name: "jackpots-waiting",
  text: "SELECT id FROM pitboss.jackpots_waiting() AS id",
};
const sequenceOf = {
  name: "sequence-jackpot",
  text: "SELECT pitboss.sequence_jackpot($1, $2) AS done",
};

export interface SequencerOptions {
  readonly database: Pick<Database, "query">;
  readonly log: Logger;
  /** Told of each batch that this pod has counted. */
  readonly counted: (jackpot: number, done: { taken: number; wins: number }) => void;
}

/**
 * Counts what rounds have added to the jackpots, and pays what they win, all over again. Every pod of
 * the lobby does; the database lets one at a time at each jackpot, and the others pass it by.
 */
export class Sequencer {
  readonly #o: SequencerOptions;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** Jackpots that could not be counted at the last look: said once, not every second. */
  readonly #failing = new Set<number>();

  constructor(options: SequencerOptions) {
    this.#o = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends after the batch that is in flight. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const well = await this.#look();
      await pause(well ? EVERY_MS : AWAY_MS, signal);
    }
  }

  /** False where the database is away. */
  async #look(): Promise<boolean> {
    try {
      const rows = await this.#o.database.query(waitingOf);
      for (const { id } of rows) await this.#try(id);
      return true;
    } catch (error) {
      if (!isDatabaseAway(error)) this.#o.log.error({ err: error }, "cannot look for jackpots");
      return false;
    }
  }

  // One that fails keeps no other from being counted and paid.
  async #try(jackpot: number): Promise<void> {
    try {
      await this.#sequence(jackpot);
      this.#failing.delete(jackpot);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      const say = this.#failing.has(jackpot) ? "debug" : "error";
      const what = "the jackpot cannot be sequenced; it is tried again";
      this.#o.log[say]({ err: error, jackpot }, what);
      this.#failing.add(jackpot);
    }
  }

  async #sequence(jackpot: number): Promise<void> {
    for (let taken = BATCH; taken === BATCH && !this.#stopped.signal.aborted; ) {
      const [row] = await this.#o.database.query(sequenceOf, [jackpot, BATCH]);
      taken = row.done.taken;
      if (taken > 0) this.#o.counted(jackpot, row.done);
    }
  }
}
