import type { Database, Row } from "./database.ts";
import { isDatabaseAway } from "./database-away.ts";
import { pause } from "./pause.ts";
import type { Logger } from "./types.ts";

const listExpired = { name: "expired", text: "SELECT player, round FROM expired($1)" };
const housekeep = { name: "housekeep", text: "SELECT housekeep()" };

/** Rounds that one look finishes; the rest is found by the next. */
const batchMax = 100;
const housekeepMs = 60_000;

export interface SweeperOptions {
  readonly db: Database;
  readonly everyMs: number;
  /** Ends an abandoned round once; false where another pod does. */
  readonly finish: (player: string, round: string) => Promise<boolean>;
  /** Looks for what else has come to its time: rounds that end by the clock, blocks that seed pairs wait for. */
  readonly look?: (() => Promise<void>) | undefined;
  readonly logger: Logger;
}

/** Finishes rounds that are open past their time, and keeps the tables in order. Every pod has one; the locks share the work. */
export class Sweeper {
  readonly #o: SweeperOptions;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #housekeptAt = Number.NEGATIVE_INFINITY;

  constructor(options: SweeperOptions) {
    this.#o = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** One look: how many rounds this pod finished. */
  async sweep(): Promise<number> {
    await this.#o.look?.();
    const expired = await this.#o.db.query(listExpired, [batchMax]);
    let finished = 0;
    for (const row of expired) {
      if (this.#stopped.signal.aborted) break;
      if (await this.#finish(row)) finished += 1;
    }
    return finished;
  }

  /** A round that cannot be finished must not keep the others open. */
  async #finish({ player, round }: Row): Promise<boolean> {
    try {
      return await this.#o.finish(player, round);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      this.#o.logger.error({ err: error, round }, "cannot finish an abandoned round");
      return false;
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#look();
      } catch (error) {
        this.#o.logger.warn({ err: error }, "cannot look for abandoned rounds");
      }
      // Pods that were started together should not look together.
      const wait = this.#o.everyMs * (0.75 + Math.random() / 2);
      await pause(wait, this.#stopped.signal);
    }
  }

  async #look(): Promise<void> {
    const finished = await this.sweep();
    if (finished > 0) this.#o.logger.info({ finished }, "abandoned rounds finished");
    const now = performance.now();
    if (now - this.#housekeptAt < housekeepMs) return;
    await this.#o.db.query(housekeep);
    this.#housekeptAt = now;
  }
}
