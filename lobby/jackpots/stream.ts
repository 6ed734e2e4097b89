import { Readable } from "node:stream";
import type { Logger } from "../../runtime/log.ts";
import type { Board } from "./board.ts";
import { type EventRow, eventOf } from "./events.ts";

/** A browser that lost the stream asks again after so long. */
const RETRY_MS = 1_000;
/** Pools change with every round; people read one figure a second. */
const POOLS_MS = 1_000;
/** Shorter than gateways wait for an idle connection. */
const HEARTBEAT_MS = 15_000;
/** Who does not read for so long is cut off, and may come again. */
const SLOW_MS = 30_000;
const BEHIND_MS = 100;
const SWEEP_MS = 5_000;
/** The most streams of one pod: each is a socket and a few kilobytes. */
const STREAMS_MAX = 5_000;
/** What is written ahead for one client at the most. */
const BUFFER_BYTES = 16 * 1024;

interface Client {
  readonly body: Readable;
  readonly over: AbortController;
  /** Since when it has something to read, by performance.now(); null: it has read all. */
  unreadSince: number | null;
}

type Source = Pick<Board, "since" | "wait" | "lastId" | "version" | "pools">;

export interface StreamsOptions {
  readonly board: Source;
  readonly log: Logger;
  readonly most?: number;
  readonly slowMs?: number;
  readonly sweepMs?: number;
}

/**
 * The streams of server-sent events (HTML, 9.2). Each client pulls from the board at its own pace, so
 * that nothing piles up for one that is slow: it skips pools, and never a win.
 */
export class Streams {
  readonly #o: StreamsOptions;
  readonly #clients = new Set<Client>();
  readonly #sweep: NodeJS.Timeout;
  #closed = false;

  constructor(options: StreamsOptions) {
    this.#o = options;
    const { sweepMs = SWEEP_MS } = options;
    this.#sweep = setInterval(() => this.#cutSlow(), sweepMs).unref();
  }

  get count(): number {
    return this.#clients.size;
  }

  /** A new stream, from after that event or from now on; null where there are too many. */
  open(after: number | undefined): Readable | null {
    const { most = STREAMS_MAX } = this.#o;
    if (this.#closed || this.#clients.size >= most) return null;
    const over = new AbortController();
    const client: Client = {
      over,
      unreadSince: null,
      body: Readable.from(
        watched(messages(this.#o.board, after, over.signal), (since) => {
          client.unreadSince = since;
        }),
        { objectMode: false, highWaterMark: BUFFER_BYTES },
      ),
    };
    this.#clients.add(client);
    client.body.once("close", () => {
      over.abort();
      this.#clients.delete(client);
    });
    return client.body;
  }

  /** Ends every stream; their clients come again, to another pod. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    for (const { over } of this.#clients) over.abort();
  }

  #cutSlow(): void {
    const { log, slowMs = SLOW_MS } = this.#o;
    const now = performance.now();
    for (const { body, unreadSince } of this.#clients) {
      if (unreadSince === null || now - unreadSince < slowMs) continue;
      log.debug({}, "a client of the jackpots' stream does not read; it is cut off");
      body.destroy(new Error("the client does not read"));
    }
  }
}

/** Tells since when what was made waits to be taken. */
async function* watched(
  source: AsyncIterable<string>,
  unread: (since: number | null) => void,
): AsyncGenerator<string> {
  for await (const text of source) {
    unread(performance.now());
    yield text;
    unread(null);
  }
}

/** The messages of one stream, until the signal. */
export async function* messages(
  board: Source,
  after: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const pools = new Pools(board);
  let at = after ?? board.lastId;
  yield `retry: ${RETRY_MS}\n\n`;
  while (!signal.aborted) {
    // An event that is not there was told by a database that has been restored since.
    at = Math.min(at, board.lastId);
    const known = board.lastId;
    const rows = await board.since(at);
    yield* told(rows);
    at = rows.at(-1)?.id ?? at;
    if (pools.due()) yield message("pools", pools.take(), at);
    if (rows.length > 0 || board.lastId > known) continue;
    // Behind, and nothing to read: the board is about to learn that the database was restored.
    const ms = at < known ? BEHIND_MS : pools.inMs();
    if (await isQuiet(board, ms, signal)) yield ": still here\n\n";
  }
}

// A win goes to thousands of clients: what is said of it is made once.
const texts = new WeakMap<EventRow, string>();

function* told(rows: readonly EventRow[]): Generator<string> {
  for (const row of rows) {
    const text = texts.get(row) ?? textOf(row);
    texts.set(row, text);
    if (text !== "") yield text;
  }
}

function textOf(row: EventRow): string {
  const event = eventOf(row);
  return event === null ? "" : message(event.event, JSON.stringify(event.data), row.id);
}

/** When a client is told of the pools again: as soon as they changed, and at most once a second. */
class Pools {
  readonly #board: Source;
  #shown = -1;
  #at = Number.NEGATIVE_INFINITY;

  constructor(board: Source) {
    this.#board = board;
  }

  due(): boolean {
    return this.#board.version !== this.#shown && this.#wait() <= 0;
  }

  take(): string {
    this.#shown = this.#board.version;
    this.#at = performance.now();
    return this.#board.pools;
  }

  /** How long nothing needs to be done about them. */
  inMs(): number {
    return this.#board.version === this.#shown ? HEARTBEAT_MS : Math.max(this.#wait(), 0);
  }

  #wait(): number {
    return this.#at + POOLS_MS - performance.now();
  }
}

/** Waits for something new; true where nothing came for so long that the connection could be taken for dead. */
async function isQuiet(board: Source, ms: number, signal: AbortSignal): Promise<boolean> {
  const before = performance.now();
  await board.wait(ms, signal);
  return performance.now() - before >= HEARTBEAT_MS;
}

/** JSON has no line breaks of its own, so that one data line holds it. */
function message(event: string, data: string, id: number): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}
