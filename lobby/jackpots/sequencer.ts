import { setTimeout as sleep } from "node:timers/promises";
import { type Database, isDatabaseAway } from "../../runtime/database.ts";
import type { Logger } from "../../runtime/log.ts";

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
  #failing = false;

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
      await sleep(well ? EVERY_MS : AWAY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<boolean> {
    try {
      const rows = await this.#o.database.query(waitingOf);
      for (const { id } of rows) await this.#sequence(id);
      this.#failing = false;
      return true;
    } catch (error) {
      // Said once, not every second.
      const say = this.#failing || isDatabaseAway(error) ? "debug" : "error";
      this.#o.log[say]({ err: error }, "the jackpots cannot be sequenced; it is tried again");
      this.#failing = true;
      return false;
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
