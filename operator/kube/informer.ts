import { Cache, type Change } from "./cache.ts";
import type { Client } from "./client.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { type Kind, type KubeObject, keyOf } from "./object.ts";
import { Reflector, type Snapshot } from "./reflector.ts";
import { isNewer } from "./resource-version.ts";
import { shrink } from "./shrink.ts";
import { type Indexes, Store } from "./store.ts";
import { TIMING, type Timing } from "./timing.ts";
import type { WatchEvent } from "./watch-stream.ts";

export type { Change };

export interface InformerOptions<T extends KubeObject> {
  client: Client;
  kind: Kind;
  /** Empty: all. */
  namespaces: readonly string[];
  labels?: Readonly<Record<string, string>> | undefined;
  /** Only apiVersion, kind and metadata travel and are kept. */
  metadataOnly?: boolean | undefined;
  /** Shrinks what is kept further; managedFields and last-applied are always dropped. */
  transform?: ((object: T) => T) | undefined;
  indexes?: Indexes<T> | undefined;
  /** The kind may not be installed: then the cache is synced and empty until it appears. */
  optional?: boolean | undefined;
  /** Hands on every object again with each periodic list. */
  resync?: boolean | undefined;
  metrics: Metrics;
  logger: Logger;
  clock?: Clock | undefined;
  timing?: Partial<Timing> | undefined;
}

/** What an operator's subclass says of an informer: the rest comes from the operator. */
export type WatchSpec<T extends KubeObject> = Omit<
  InformerOptions<T>,
  "client" | "metrics" | "logger" | "clock" | "namespaces"
> & { namespaces?: readonly string[] };

interface Scope<T extends KubeObject> {
  reflector: Reflector<T>;
  synced: boolean;
  /** The version of the last list. */
  listedAt?: string;
}

/**
 * A cache of one kind, kept by list and watch. A change is handed on before it is stored: if a
 * handler fails, the change is still news to the next list. What we write through the client is
 * stored at once, so that nobody reads back what was before their own write.
 */
export class Informer<T extends KubeObject = KubeObject> {
  readonly kind: Kind;
  readonly #options: InformerOptions<T>;
  readonly #clock: Clock;
  readonly #cache: Cache<T>;
  readonly #scopes: ReadonlyMap<string, Scope<T>>;
  readonly #whenSynced = Promise.withResolvers<void>();
  #served = true;
  #unsubscribe = () => {};

  constructor(options: InformerOptions<T>) {
    this.kind = options.kind;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#cache = new Cache(new Store(options.indexes));
    const namespaces = options.kind.namespaced ? new Set(options.namespaces) : new Set<string>();
    const scopes = namespaces.size > 0 ? [...namespaces] : [""];
    this.#scopes = new Map(scopes.map((scope) => [scope, this.#scope(scope)]));
  }

  /** Handlers may only enqueue keys. They are called before the store changes. */
  onChange(handler: (change: Change<T>) => void): void {
    this.#cache.onChange(handler);
  }

  start(): void {
    this.#unsubscribe = this.#options.client.onWritten((kind, object) =>
      this.#wrote(kind, object as T),
    );
    for (const { reflector } of this.#scopes.values()) reflector.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await Promise.all([...this.#scopes.values()].map(({ reflector }) => reflector.stop()));
  }

  /** Is everything in the store that was there when it was first listed? */
  get synced(): boolean {
    return [...this.#scopes.values()].every(({ synced }) => synced);
  }

  /** Resolves once synced; rejects with the signal's reason. */
  async whenSynced(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    try {
      await Promise.race([this.#whenSynced.promise, aborted.promise]);
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Is the kind installed? Always true unless `optional`. */
  get served(): boolean {
    return this.#served;
  }

  /** Milliseconds since its slowest loop last did anything, for liveness. */
  get idleMs(): number {
    const active = [...this.#scopes.values()].map(({ reflector }) => reflector.activeAt);
    return this.#clock.monotonic() - Math.min(...active);
  }

  get(key: string): T | undefined {
    return this.#cache.store.get(key);
  }

  list(): T[] {
    return this.#cache.store.list();
  }

  /** The objects of which that index answers that value. */
  byIndex(index: string, value: string): T[] {
    return this.#cache.store.byIndex(index, value);
  }

  /** Look again now: an optional kind may have appeared. */
  nudge(): void {
    for (const { reflector } of this.#scopes.values()) reflector.nudge();
  }

  #scope(namespace: string): Scope<T> {
    const {
      client,
      kind,
      labels,
      metadataOnly,
      optional = false,
      metrics,
      logger,
      timing,
    } = this.#options;
    const reflector = new Reflector<T>({
      client,
      kind,
      selection: { namespace: namespace || undefined, labels, metadataOnly },
      shrink: (object) => this.#shrink(object),
      optional,
      metrics,
      logger,
      clock: this.#clock,
      timing: { ...TIMING, ...timing },
      sink: {
        snapshot: (snapshot) => this.#snapshot(namespace, snapshot),
        event: (event) => this.#event(event),
        absent: () => this.#absent(namespace),
      },
    });
    return { reflector, synced: false };
  }

  #shrink(object: T): T {
    const { metadataOnly = false, transform = (one: T) => one } = this.#options;
    return transform(shrink(object, this.kind, metadataOnly));
  }

  #snapshot(namespace: string, snapshot: Snapshot<T>): void {
    const { metrics, resync = false } = this.#options;
    const periodic = snapshot.reason === "periodic";
    const misses = this.#cache.replace(namespace, snapshot);
    if (periodic) metrics.cache.misses.inc({ kind: this.kind.kind }, misses);
    this.#listed(namespace, snapshot.resourceVersion);
    if (periodic && resync) this.#cache.repeat(snapshot.objects);
  }

  #listed(namespace: string, resourceVersion: string): void {
    const scope = this.#scopes.get(namespace);
    if (!scope) return;
    scope.synced = true;
    scope.listedAt = resourceVersion;
    this.#served = true;
    this.#measure("lastSync");
    if (this.synced) this.#whenSynced.resolve();
  }

  #event({ type, object }: WatchEvent<T>): void {
    if (type === "DELETED") this.#cache.deleted(object);
    else if (type !== "BOOKMARK") this.#cache.seen(object);
    this.#measure("lastEvent");
  }

  #absent(namespace: string): void {
    this.#cache.clear(namespace);
    this.#listed(namespace, "");
    this.#served = false;
  }

  /** The answer to a write of ours: as good as an event, and sooner. */
  #wrote(kind: Kind, answer: T): void {
    if (kind.kind !== this.kind.kind || kind.apiVersion !== this.kind.apiVersion) return;
    const { namespace = "", labels = {}, resourceVersion } = answer.metadata;
    const scope = this.#scopes.get(namespace) ?? this.#scopes.get("");
    const wanted = Object.entries(this.#options.labels ?? {});
    if (!scope?.synced || !wanted.every(([name, value]) => labels[name] === value)) return;
    // Not in a list that is newer: it is gone again, and its end will not be told.
    const known = this.#cache.store.get(keyOf(answer)) !== undefined;
    if (!known && isNewer(resourceVersion, scope.listedAt) !== true) return;
    this.#cache.seen(this.#shrink(answer));
  }

  #measure(what: "lastEvent" | "lastSync"): void {
    const { cache } = this.#options.metrics;
    const labels = { kind: this.kind.kind };
    const now = this.#clock.date().getTime() / 1000;
    cache[what].set(labels, now);
    cache.objects.set(labels, this.#cache.store.size);
  }
}
