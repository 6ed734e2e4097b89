import { type BackoffRange, backoff } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Metrics } from "./metrics.ts";
import { QueueMetrics } from "./queue-metrics.ts";

/** How a key is added. */
export interface Enqueue {
  /** After everything of normal priority: what nobody changed just now. */
  low?: boolean | undefined;
}

export interface QueueOptions {
  name: string;
  metrics: Metrics;
  clock?: Clock | undefined;
  backoffMs?: BackoffRange | undefined;
}

const BACKOFF_MS = { first: 5, max: 1_000_000 };

interface Delayed {
  at: number;
  low: boolean;
  cancel: () => void;
}

/**
 * A work queue of keys. A key waits at most once; no two workers have the same key; a key that is
 * added while it is worked on comes once more afterwards. Nothing is kept of a key that is done.
 */
export class Queue {
  readonly #clock: Clock;
  readonly #backoffMs: BackoffRange;
  readonly #metrics: QueueMetrics;
  // A Set keeps the order of insertion.
  readonly #normal = new Set<string>();
  readonly #low = new Set<string>();
  readonly #working = new Set<string>();
  /** Added while worked on; true if with low priority. */
  readonly #again = new Map<string, boolean>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #waiters: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor({ name, metrics, clock = systemClock, backoffMs = BACKOFF_MS }: QueueOptions) {
    this.#clock = clock;
    this.#backoffMs = backoffMs;
    this.#metrics = new QueueMetrics(name, metrics, clock);
  }

  /** Keys that wait for a worker now. */
  get length(): number {
    return this.#normal.size + this.#low.size;
  }

  /** Keys that anything at all is kept of. */
  get known(): number {
    const keys = [
      this.#normal,
      this.#low,
      this.#working,
      this.#again,
      this.#delayed,
      this.#failures,
    ];
    return new Set(keys.flatMap((some) => [...some.keys()])).size;
  }

  /** Adds a key. Normal priority wins if it is added with both. */
  add(key: string, { low = false }: Enqueue = {}): void {
    if (this.#closed) return;
    this.#metrics.added(key);
    if (this.#working.has(key)) {
      this.#again.set(key, low && this.#again.get(key) !== false);
    } else {
      this.#ready(key, low);
    }
  }

  /** Adds a key later; the sooner wins if it is already to come. A worker that gets the key first takes the place of it. */
  addAfter(key: string, ms: number, { low = false }: Enqueue = {}): void {
    if (this.#closed) return;
    const at = this.#clock.monotonic() + ms;
    const old = this.#delayed.get(key);
    if (old && old.at <= at) return;
    old?.cancel();
    const cancel = this.#clock.after(ms, () => {
      this.#delayed.delete(key);
      this.add(key, { low });
    });
    this.#delayed.set(key, { at, low, cancel });
  }

  /** Adds a key after a back-off that grows with its failures in a row, and not before `atLeastMs`. */
  retry(key: string, atLeastMs = 0): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#metrics.retried();
    this.addAfter(key, Math.max(atLeastMs, backoff(failures, this.#backoffMs)));
  }

  /** The key did well: its next failure is its first. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, once there is one; undefined once the queue is closed. Say `done` when done with it. */
  next(): Promise<string | undefined> {
    const [key] = this.#normal.size > 0 ? this.#normal : this.#low;
    if (key !== undefined) return Promise.resolve(this.#take(key));
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** The worker is done with the key. */
  done(key: string): void {
    this.#working.delete(key);
    this.#metrics.done(key);
    const low = this.#again.get(key);
    this.#again.delete(key);
    if (low !== undefined) this.#ready(key, low);
  }

  /** Takes no more keys and drops those that wait: whoever starts next lists everything again. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    for (const keys of [this.#normal, this.#low, this.#again, this.#delayed, this.#failures])
      keys.clear();
    for (const waiter of this.#waiters.splice(0)) waiter(undefined);
    this.#metrics.close();
  }

  #ready(key: string, low: boolean): void {
    if (this.#closed) return;
    const waiter = this.#waiters.shift();
    if (waiter) {
      waiter(this.#take(key));
      return;
    }
    if (!low) {
      this.#low.delete(key);
      this.#normal.add(key);
    } else if (!this.#normal.has(key)) {
      this.#low.add(key);
    }
    this.#metrics.depth(this.#normal.size, this.#low.size);
  }

  #take(key: string): string {
    this.#normal.delete(key);
    this.#low.delete(key);
    // The worker sees the newest state now and will say itself when it wants to look again.
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
    this.#working.add(key);
    this.#metrics.taken(key);
    this.#metrics.depth(this.#normal.size, this.#low.size);
    return key;
  }
}
