import { type Database, DatabaseAway, isDatabaseAway } from "../../runtime/database.ts";
import { listen } from "../../runtime/listening.ts";
import type { Logger } from "../../runtime/log.ts";
import { pause } from "../../runtime/pause.ts";
import type { EventRow } from "./events.ts";
import { type FiguresRow, itemOf, type JackpotItem } from "./items.ts";

/** Read at least this often, whatever notifications come. */
const REFRESH_MS = 1_000;
/** Read at most this often, however many come. */
const PAUSE_MS = 100;
const PAGE = 500;
/** So many of the latest events are at hand; a stream that is further behind reads the table. */
const RECENT = 1_000;

const figuresOf = {
  name: "jackpot-figures",
  text: `SELECT id, namespace, name, currency, digits, pool, overflow, contributions, wins, last_win, terms, pending_terms,
                commitment, behind_seconds, last_contribution_at, held_wins, games
           FROM pitboss.jackpot_figures ORDER BY namespace, name`,
};
const lastOf = {
  name: "jackpot-last-event",
  text: "SELECT coalesce(max(id), 0) AS last FROM pitboss.jackpot_events",
};
const eventsAfter = {
  name: "jackpot-events",
  text: `SELECT id, kind, body, at FROM pitboss.jackpot_events WHERE id > $1 ORDER BY id LIMIT ${PAGE}`,
};

/**
 * All jackpots as they stand, and what happened to them last. Every pod reads for itself when the
 * sequencer has committed something, in whichever pod that was.
 */
export class Board {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #stopped = new AbortController();
  readonly #waiting = new Set<() => void>();
  #rows: readonly FiguresRow[] | null = null;
  #items: readonly JackpotItem[] = [];
  #itemsText = "";
  #text = "";
  #version = 0;
  #recent: EventRow[] = [];
  #lastId: number | null = null;
  #following: Promise<void> = Promise.resolve();
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** Reads once, and goes on reading. */
  async start(): Promise<void> {
    await this.#read();
    this.#following = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wake();
    await this.#following;
    await this.#reading;
  }

  /** Throws DatabaseAway where they could not be read lately. */
  items(): readonly JackpotItem[] {
    if (this.#rows === null) throw new DatabaseAway("the jackpots could not be read");
    return this.#items;
  }

  /** The rows behind the items; none where they could not be read lately. */
  rows(): readonly FiguresRow[] {
    return this.#rows ?? [];
  }

  /** The id of the last event that this pod knows. */
  get lastId(): number {
    return this.#lastId ?? 0;
  }

  /** Another number with every change of the items. */
  get version(): number {
    return this.#version;
  }

  /** Pools and wins as a message of the stream, made once for all who listen. */
  get pools(): string {
    return this.#text;
  }

  /** The events after that one, in order, at most a page of them. */
  async since(id: number): Promise<readonly EventRow[]> {
    if (id >= this.lastId) return [];
    const first = this.#recent[0];
    if (first !== undefined && first.id <= id + 1) {
      return this.#recent.slice(this.#recent.findLastIndex((it) => it.id <= id) + 1);
    }
    const rows: EventRow[] = await this.#database.query(eventsAfter, [id]);
    // One that this pod has not told of yet comes with the next look.
    return rows.filter((it) => it.id <= this.lastId);
  }

  /** Waits for something new, or for so long, or for the signal. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#stopped.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const timer = setTimeout(wake, ms);
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(wake);
    signal.removeEventListener("abort", wake);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #follow(): Promise<void> {
    return listen(
      {
        ...{ database: this.#database, channel: "pitboss_jackpots" },
        ...{ everyMs: REFRESH_MS, deafMs: REFRESH_MS },
        look: () => this.#read(),
        told: () => void this.#read(),
        deaf: (error) =>
          this.#log.warn(
            { err: error },
            "cannot listen for jackpots; they are looked at every second",
          ),
      },
      this.#stopped.signal,
    );
  }

  /** One read at a time; whoever comes meanwhile is served by one more. */
  #read(): Promise<void> {
    this.#again = this.#reading !== null;
    this.#reading ??= this.#readUntilCalm().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readUntilCalm(): Promise<void> {
    do {
      this.#again = false;
      await this.#readOnce();
      if (this.#again) await pause(PAUSE_MS, this.#stopped.signal);
    } while (this.#again && !this.#stopped.signal.aborted);
  }

  async #readOnce(): Promise<void> {
    try {
      const [{ last }] = await this.#database.query(lastOf);
      await this.#readEvents(last);
      const rows: FiguresRow[] = await this.#database.query(figuresOf);
      this.#show(rows);
    } catch (error) {
      this.#rows = null;
      if (!isDatabaseAway(error)) this.#log.error({ err: error }, "while reading the jackpots");
    }
  }

  async #readEvents(last: number): Promise<void> {
    // At first, and where the database was restored to an earlier time: from there on.
    if (this.#lastId === null || last < this.#lastId) {
      this.#recent = [];
      this.#lastId = last;
    }
    while (this.#lastId < last) {
      const rows: EventRow[] = await this.#database.query(eventsAfter, [this.#lastId]);
      const newest = rows.at(-1);
      if (newest === undefined) return;
      this.#recent = [...this.#recent, ...rows].slice(-RECENT);
      this.#lastId = newest.id;
      this.#wake();
    }
  }

  #show(rows: readonly FiguresRow[]): void {
    this.#rows = rows;
    const items = rows.map(itemOf);
    const text = JSON.stringify(items);
    if (text === this.#itemsText) return;
    this.#items = items;
    this.#itemsText = text;
    this.#text = JSON.stringify({ items: items.map(poolOf) });
    this.#version += 1;
    this.#wake();
  }
}

function poolOf({ namespace, name, currency, pool, overflow, wins }: JackpotItem): object {
  return { namespace, name, currency, pool, overflow, wins };
}
