import type { OpenRound } from "../games/open-round.ts";
import type { Database, Row, Session } from "./database.ts";
import type { Logger } from "./types.ts";

const listTicking = { name: "ticking", text: "SELECT id, round FROM ticking($1, $2)" };
const firstId = "00000000-0000-0000-0000-000000000000";
const pageMax = 500;

/** A round is settled so long after it ended by itself. */
export const settleAfterMs = 1000;
/** Rounds that another pod began are left to it for so much longer. */
const othersAfterMs = 2000;

export interface EndingsOptions {
  readonly db: Database;
  /** When the round ends by itself, counted from its creation. Nobody else may know. */
  readonly endMs: (session: Session, round: OpenRound) => Promise<number>;
  /** Settles a round that has ended by itself; how many ms it is too early, or 0. */
  readonly settle: (player: string, round: string) => Promise<number>;
  readonly logger: Logger;
}

/**
 * Settles rounds that run by the clock, a second after they end by themselves. When that is stays in this
 * process: written down, it would foretell the round. Other pods work it out too, in case this one dies.
 */
export class Endings {
  readonly #o: EndingsOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #settling = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: EndingsOptions) {
    this.#o = options;
  }

  /** Settles the round once that time has passed. */
  watch(player: string, round: string, afterMs: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timers.get(round));
    const timer = setTimeout(() => this.#begin(player, round), afterMs);
    this.#timers.set(round, timer.unref());
  }

  /** The round is over before its time. */
  forget(round: string): void {
    clearTimeout(this.#timers.get(round));
    this.#timers.delete(round);
  }

  /** Finds open rounds that this pod does not know of: those of pods that died, and its own from before it started. */
  look(): Promise<void> {
    return this.#o.db.session(async (session) => {
      let rows: Row[] = [];
      do {
        rows = await session.query(listTicking, [rows.at(-1)?.id ?? firstId, pageMax]);
        for (const { round } of rows) if (round !== null) await this.#adopt(session, round);
      } while (rows.length === pageMax);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await Promise.all(this.#settling);
  }

  async #adopt(session: Session, round: OpenRound): Promise<void> {
    if (this.#timers.has(round.id)) return;
    const dueMs = (await this.#o.endMs(session, round)) + settleAfterMs + othersAfterMs;
    this.watch(round.player, round.id, Math.max(0, dueMs - round.openMs));
  }

  #begin(player: string, round: string): void {
    const settling = this.#settle(player, round).finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }

  async #settle(player: string, round: string): Promise<void> {
    this.#timers.delete(round);
    try {
      const earlyMs = await this.#o.settle(player, round);
      if (earlyMs > 0) this.watch(player, round, earlyMs);
    } catch (error) {
      // The next look finds it again.
      this.#o.logger.warn({ err: error, round }, "cannot settle a round that has ended by itself");
    }
  }
}
