import { ApiError, failedWith } from "./api-error.ts";
import { backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { type Kind, type KubeObject, keyOf } from "./object.ts";
import type { Reader, Selection } from "./reader.ts";
import { isNewer, newest } from "./resource-version.ts";
import type { Timing } from "./timing.ts";
import type { WatchEvent } from "./watch-stream.ts";

/** Why a list was made: to begin, every now and then, because the version expired, after a failure. */
export type ListReason = "first" | "periodic" | "expired" | "failed";

/** Everything there is, at one version. */
export interface Snapshot<T> {
  objects: T[];
  resourceVersion: string;
  reason: ListReason;
  /** Keys that the watch told of while the list was made: what it said is at least as new. */
  touched: ReadonlySet<string>;
  /** The server's history was set back (a restored etcd): versions mean nothing across this list. */
  rewound: boolean;
}

/** Where a reflector takes what it sees. A throw makes it list again. */
export interface Sink<T extends KubeObject> {
  snapshot(snapshot: Snapshot<T>): void;
  event(event: WatchEvent<T>): void;
  /** The API does not serve the kind. */
  absent(): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  client: Reader;
  kind: Kind;
  selection: Selection;
  /** Runs on each object as it arrives, so that a list is never held whole in its full size. */
  shrink: (object: T) => T;
  optional: boolean;
  sink: Sink<T>;
  metrics: Metrics;
  logger: Logger;
  clock: Clock;
  timing: Timing;
}

/** Follows one kind in one scope, for ever: lists, watches, and lists again when it must. */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #failures = 0;
  #reason: ListReason = "first";
  #version: string | undefined;
  /** The newest version that was ever seen. */
  #newest: string | undefined;
  #staleLists = 0;
  /** While a list is made beside a watch. */
  #touched: Set<string> | undefined;
  #relisted: Snapshot<T> | undefined;
  #connection: AbortController | undefined;
  #wake = new AbortController();
  #activeAt: number;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#activeAt = options.clock.monotonic();
  }

  /** When the loop last did anything, well or not: for liveness. */
  get activeAt(): number {
    return this.#activeAt;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("stopped"));
    this.#connection?.abort(new Error("stopped"));
    this.nudge();
    await this.#running;
  }

  /** Do not wait any longer before the next try: something may have changed for the better. */
  nudge(): void {
    this.#wake.abort(new Error("nudged"));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#active();
      try {
        this.#version ??= await this.#listNow();
        await this.#follow(this.#version);
      } catch (error) {
        if (!signal.aborted) await this.#recover(error);
      }
    }
  }

  async #listNow(): Promise<string> {
    const reason = this.#reason;
    const list = await this.#list(reason);
    this.#take({ ...list, touched: new Set() });
    return list.resourceVersion;
  }

  async #list(reason: ListReason): Promise<Omit<Snapshot<T>, "touched">> {
    const { client, kind, selection, shrink, metrics } = this.#options;
    const seen = this.#newest;
    metrics.cache.relists.inc({ kind: kind.kind, why: reason });
    const objects: T[] = [];
    let resourceVersion = "";
    const { signal } = this.#stopping;
    for await (const page of client.pages<T>(kind, { ...selection, signal })) {
      for (const object of page.items) objects.push(shrink(object));
      resourceVersion = page.resourceVersion;
      this.#active();
    }
    const rewound = isNewer(seen, resourceVersion) === true;
    if (rewound) this.#refuseStale(resourceVersion);
    return { objects, resourceVersion, reason, rewound };
  }

  /** Another API server may lag behind the one we heard before: going back in time is worse than waiting. */
  #refuseStale(resourceVersion: string): void {
    const { kind, timing } = this.#options;
    if (++this.#staleLists > timing.staleLists) return;
    const seen = `the list is of version ${resourceVersion}, but ${this.#newest} was seen before`;
    throw new ApiError({ doing: `list ${kind.plural}`, failure: "away", cause: new Error(seen) });
  }

  #take(snapshot: Snapshot<T>): void {
    this.#options.sink.snapshot(snapshot);
    this.#staleLists = 0;
    this.#newest = snapshot.rewound
      ? snapshot.resourceVersion
      : newest(this.#newest, snapshot.resourceVersion);
    // From here on a list is made only for a reason.
    this.#reason = "failed";
    this.#version = snapshot.resourceVersion;
  }

  /** Watches until the watch ends, by itself or because it was compared with a new list. */
  async #follow(version: string): Promise<void> {
    const { client, kind, selection, clock, timing } = this.#options;
    const { min, max } = timing.watchMs;
    const connection = new AbortController();
    this.#connection = connection;
    const { signal } = connection;
    const cancel = this.#relistLater(connection);
    const started = clock.monotonic();
    try {
      const timeoutSeconds = Math.ceil((min + Math.random() * (max - min)) / 1000);
      const options = { ...selection, resourceVersion: version, timeoutSeconds, signal };
      for await (const event of client.watch<T>(kind, { ...options, idleMs: timing.idleMs })) {
        this.#event(event);
      }
      if (clock.monotonic() - started < timing.shortMs) {
        const cause = new Error("the server ended it at once");
        throw new ApiError({ doing: `watch ${kind.plural}`, failure: "away", cause });
      }
    } catch (error) {
      if (!this.#relisted) throw error;
    } finally {
      cancel();
      if (clock.monotonic() - started >= timing.shortMs) this.#failures = 0;
    }
    this.#compare();
  }

  #event(event: WatchEvent<T>): void {
    const { sink, shrink } = this.#options;
    this.#active();
    const shrunk = event.type === "BOOKMARK" ? event : { ...event, object: shrink(event.object) };
    sink.event(shrunk);
    if (event.type !== "BOOKMARK") this.#touched?.add(keyOf(event.object));
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
    if (this.#version) this.#newest = newest(this.#newest, this.#version);
  }

  /**
   * Lists while the watch goes on, gives the watch a moment to tell the same, then cuts its
   * connection: it may be dead without anyone knowing.
   */
  #relistLater(connection: AbortController): () => void {
    const { clock, timing, logger, kind } = this.#options;
    const relist = async () => {
      const touched = new Set<string>();
      this.#touched = touched;
      const list = await this.#list("periodic");
      await clock.sleep(timing.settleMs, connection.signal);
      this.#relisted = { ...list, touched };
      connection.abort(new Error("relisted"));
    };
    let cancel = () => {};
    const wait = () => {
      cancel = clock.after(timing.relistMs * (0.9 + Math.random() / 5), () => {
        relist().catch((error: unknown) => {
          if (connection.signal.aborted || this.#stopping.signal.aborted) return;
          logger.warn({ kind: kind.kind, err: error }, "the periodic list failed");
          wait();
        });
      });
    };
    wait();
    return () => {
      cancel();
      this.#touched = undefined;
      // Ends the connection if it is still open, and a relist that waits for it.
      connection.abort(new Error("over"));
    };
  }

  #compare(): void {
    const snapshot = this.#relisted;
    this.#relisted = undefined;
    if (snapshot && !this.#stopping.signal.aborted) this.#take(snapshot);
  }

  async #recover(error: unknown): Promise<void> {
    const { logger, kind, selection, optional, sink, timing } = this.#options;
    const missing = error instanceof ApiError && error.kindMissing;
    if (missing && optional) {
      sink.absent();
      this.#version = undefined;
      await this.#wait(timing.absentMs);
      return;
    }
    const expired = failedWith(error, "gone");
    // Not the API's failure but the sink's: what it missed is only seen by a list.
    if (expired || !(error instanceof ApiError)) {
      if (this.#reason !== "first") this.#reason = expired ? "expired" : "failed";
      this.#version = undefined;
    }
    this.#failures++;
    const facts = { kind: kind.kind, namespace: selection.namespace, err: error };
    if (expired && this.#failures === 1) {
      logger.info(facts, "the watch fell too far behind; listing again");
      return;
    }
    logger.warn(facts, missing ? "not served: is its CRD installed?" : "will be followed again");
    const retryAfterMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    await this.#wait(Math.max(retryAfterMs, backoff(this.#failures, timing.backoffMs)));
  }

  async #wait(ms: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#wake = new AbortController();
    const { signal } = this.#wake;
    await this.#options.clock.sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  #active(): void {
    this.#activeAt = this.#options.clock.monotonic();
  }
}
