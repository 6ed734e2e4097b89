import { ApiError, failedWith } from "./api-error.ts";
import type { BackoffRange } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Deadline } from "./deadline.ts";
import type { Informer } from "./informer.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import type { KubeObject } from "./object.ts";
import { type Enqueue, Queue } from "./queue.ts";
import type { Result } from "./result.ts";

export interface ControllerOptions {
  name: string;
  /** Called with one key at a time; a throw is retried with back-off. Must end soon after the signal. */
  reconcile: (key: string, signal: AbortSignal) => Promise<Result>;
  /** The most keys at a time. */
  concurrency?: number;
  /** When a reconcile is aborted. */
  timeoutMs?: number;
  backoffMs?: BackoffRange;
  metrics: Metrics;
  logger: Logger;
  clock?: Clock | undefined;
}

/** What an operator's subclass says of a controller: the rest comes from the operator. */
export type ControllerSpec = Omit<ControllerOptions, "metrics" | "logger" | "clock">;

const CONCURRENCY = 4;
const TIMEOUT_MS = 120_000;
const GRACE_MS = 25_000;
const ABORT_MS = 3000;
// So much longer than its deadline, a reconcile does not heed its signal and will not end.
const STUCK_TIMEOUTS = 3;

/** Reconciles keys from a queue, level by level: the state counts, never the event that told of it. */
export class Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  readonly #queue: Queue;
  readonly #timeoutMs: number;
  readonly #stopping = new AbortController();
  readonly #startedAt = new Map<string, number>();
  #workers: Promise<void>[] = [];

  constructor(options: ControllerOptions) {
    const { name, metrics, clock, backoffMs, timeoutMs = TIMEOUT_MS } = options;
    this.name = name;
    this.#options = options;
    this.#clock = clock ?? systemClock;
    this.#timeoutMs = timeoutMs;
    this.#queue = new Queue({ name, metrics, clock, backoffMs });
    const { errors, terminalErrors, panics, timeouts, total } = metrics.reconcile;
    for (const counter of [errors, terminalErrors, panics, timeouts])
      counter.inc({ controller: name }, 0);
    for (const result of RESULTS) total.inc({ controller: name, result }, 0);
  }

  /** Reconcile this key soon. */
  enqueue(key: string, how: Enqueue = {}): void {
    this.#queue.add(key, how);
  }

  /** Enqueues the keys that the old and the new state of each changed object stand for. */
  watches<T extends KubeObject>(
    informer: Informer<T>,
    keys: (object: T) => readonly string[],
  ): void {
    informer.onChange(({ before, after, low }) => {
      const both = [...(before ? keys(before) : []), ...(after ? keys(after) : [])];
      for (const key of new Set(both)) this.enqueue(key, { low });
    });
  }

  /** Starts to work. Keys may be enqueued before. */
  start(): void {
    const { concurrency = CONCURRENCY, metrics } = this.#options;
    metrics.reconcile.maxConcurrent.set({ controller: this.name }, concurrency);
    this.#workers = Array.from({ length: concurrency }, () => this.#work());
  }

  /**
   * Takes no more keys and waits for those in flight; after `graceMs` aborts them. One that does
   * not heed that either is not waited for: the process must end.
   */
  async stop(graceMs = GRACE_MS): Promise<void> {
    this.#queue.close();
    const givenUp = Promise.withResolvers<void>();
    const cancels = [
      this.#clock.after(graceMs, () => this.abort()),
      this.#clock.after(graceMs + ABORT_MS, givenUp.resolve),
    ];
    await Promise.race([Promise.all(this.#workers), givenUp.promise]);
    for (const cancel of cancels) cancel();
  }

  /** Aborts what is in flight and takes no more keys. */
  abort(): void {
    this.#queue.close();
    this.#stopping.abort(new Error(`controller ${this.name} is stopping`));
  }

  /** For liveness: a key whose reconcile should have ended long ago. */
  stuck(): string | undefined {
    const longest = this.#timeoutMs * STUCK_TIMEOUTS;
    const now = this.#clock.monotonic();
    for (const [key, at] of this.#startedAt) if (now - at > longest) return key;
    return undefined;
  }

  async #work(): Promise<void> {
    const { activeWorkers } = this.#options.metrics.reconcile;
    for (let key = await this.#queue.next(); key !== undefined; key = await this.#queue.next()) {
      activeWorkers.inc({ controller: this.name });
      await this.#reconcile(key);
      activeWorkers.dec({ controller: this.name });
      this.#queue.done(key);
    }
  }

  async #reconcile(key: string): Promise<void> {
    const { total, seconds } = this.#options.metrics.reconcile;
    const started = this.#clock.monotonic();
    this.#startedAt.set(key, started);
    let result: (typeof RESULTS)[number];
    try {
      result = this.#conclude(key, await this.#withDeadline(key));
    } catch (error) {
      result = this.#failed(key, error);
    }
    this.#startedAt.delete(key);
    total.inc({ controller: this.name, result });
    seconds.observe({ controller: this.name }, (this.#clock.monotonic() - started) / 1000);
  }

  // The key stays taken until the reconcile really ends, aborted or not: never two at once.
  async #withDeadline(key: string): Promise<Result> {
    const why = `reconciling ${key} took over ${this.#timeoutMs} ms`;
    const deadline = new Deadline(this.#clock, this.#timeoutMs, why, this.#stopping.signal);
    try {
      return await this.#options.reconcile(key, deadline.signal);
    } finally {
      if (deadline.signal.aborted && !this.#stopping.signal.aborted) {
        this.#options.metrics.reconcile.timeouts.inc({ controller: this.name });
      }
      deadline.release();
    }
  }

  #conclude(key: string, result: Result): (typeof RESULTS)[number] {
    const { metrics, logger } = this.#options;
    this.#queue.forget(key);
    if (result.outcome === "requeueAfter") {
      this.#queue.addAfter(key, result.ms);
      return "requeue_after";
    }
    if (result.outcome === "terminal") {
      metrics.reconcile.errors.inc({ controller: this.name });
      metrics.reconcile.terminalErrors.inc({ controller: this.name });
      logger.error(
        { controller: this.name, key, err: result.error },
        "cannot be reconciled as it is",
      );
      return "error";
    }
    return "success";
  }

  #failed(key: string, error: unknown): "error" {
    const { metrics, logger } = this.#options;
    const facts = { controller: this.name, key, err: error };
    metrics.reconcile.errors.inc({ controller: this.name });
    if (isBug(error)) metrics.reconcile.panics.inc({ controller: this.name });
    // Somebody else wrote first: nothing that anyone must know.
    if (failedWith(error, "conflict")) logger.debug(facts, "was outrun; reconciles again");
    else logger.error(facts, "reconcile failed; it will be retried");
    this.#queue.retry(key, error instanceof ApiError ? error.retryAfterMs : 0);
    return "error";
  }
}

const RESULTS = ["success", "error", "requeue", "requeue_after"] as const;

// What Go would panic with: a mistake in the program, or something thrown that is no error at all.
function isBug(error: unknown): boolean {
  return (
    !(error instanceof Error) ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError
  );
}
