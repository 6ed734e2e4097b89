import type { Client } from "./client.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { type Kind, type KubeObject, keyOf } from "./object.ts";
import { Reflector, type Snapshot } from "./reflector.ts";
import { isNewer, newest } from "./resource-version.ts";
import { shrink } from "./shrink.ts";
import { type Indexes, Store } from "./store.ts";
import { TIMING, type Timing } from "./timing.ts";
import type { WatchEvent } from "./watch-stream.ts";

/** What changed: `before` or `after` is absent when the object came or went. Never change them. */
export interface Change<T> {
  key: string;
  before?: T | undefined;
  after?: T | undefined;
  /** From the first list or a resync: nobody changed it just now. */
  low: boolean;
}

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
  readonly #store: Store<T>;
  readonly #scopes: ReadonlyMap<string, Scope<T>>;
  readonly #handlers: ((change: Change<T>) => void)[] = [];
  /** Versions of deletions since the last list, so that what is late does not raise the dead. */
  readonly #buried = new Map<string, string>();
  readonly #whenSynced = Promise.withResolvers<void>();
  #served = true;
  #unsubscribe = () => {};

  constructor(options: InformerOptions<T>) {
    this.kind = options.kind;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#store = new Store(options.indexes);
    const namespaces = options.kind.namespaced ? new Set(options.namespaces) : new Set<string>();
    const scopes = namespaces.size > 0 ? [...namespaces] : [""];
    this.#scopes = new Map(scopes.map((scope) => [scope, this.#scope(scope)]));
  }

  /** Handlers may only enqueue keys. They are called before the store changes. */
  onChange(handler: (change: Change<T>) => void): void {
    this.#handlers.push(handler);
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
    return this.#store.get(key);
  }

  list(): T[] {
    return this.#store.list();
  }

  /** The objects of which that index answers that value. */
  byIndex(index: string, value: string): T[] {
    return this.#store.byIndex(index, value);
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
    const { objects, resourceVersion, reason, touched, rewound } = snapshot;
    const listed = new Map(objects.map((object) => [keyOf(object), object]));
    const { metrics, resync = false } = this.#options;
    const failures: unknown[] = [];
    const attempt = (step: () => boolean) => {
      try {
        const changed = step();
        if (changed && reason === "periodic") metrics.cache.misses.inc({ kind: this.kind.kind });
      } catch (error) {
        failures.push(error);
      }
    };
    for (const key of this.#store.keys()) {
      if (!inScope(key, namespace) || listed.has(key) || touched.has(key)) continue;
      attempt(() => this.#vanished(key, rewound ? undefined : resourceVersion));
    }
    for (const [key, object] of listed) {
      if (!touched.has(key))
        attempt(() => this.#seen(object, { low: reason === "first", rewound }));
    }
    if (failures.length > 0) throw new AggregateError(failures, "handlers failed on a list");
    this.#listed(namespace, resourceVersion);
    if (resync && reason === "periodic") {
      for (const [key, after] of listed) this.#hand({ key, before: after, after, low: true });
    }
  }

  #listed(namespace: string, resourceVersion: string): void {
    const scope = this.#scopes.get(namespace);
    if (!scope) return;
    scope.synced = true;
    scope.listedAt = resourceVersion;
    this.#served = true;
    for (const key of this.#buried.keys()) if (inScope(key, namespace)) this.#buried.delete(key);
    this.#measure("lastSync");
    if (this.synced) this.#whenSynced.resolve();
  }

  #event({ type, object }: WatchEvent<T>): void {
    if (type === "DELETED") this.#deleted(object);
    else if (type !== "BOOKMARK") this.#seen(object);
    this.#measure("lastEvent");
  }

  /** There is this object. Answers whether that was news. */
  #seen(object: T, { low = false, rewound = false } = {}): boolean {
    const key = keyOf(object);
    const before = this.#store.get(key);
    if (before && !isNews(object, before, rewound)) return false;
    if (
      !before &&
      !rewound &&
      isNewer(object.metadata.resourceVersion, this.#buried.get(key)) === false
    )
      return false;
    // Deleted and made again under one name, unseen: the old one's end must be seen too.
    const replaced = before !== undefined && before.metadata.uid !== object.metadata.uid;
    if (replaced) this.#gone(key, before);
    this.#hand({ key, before: replaced ? undefined : before, after: object, low });
    this.#store.put(object);
    return true;
  }

  #deleted(object: T): void {
    const key = keyOf(object);
    const before = this.#store.get(key);
    const { resourceVersion } = object.metadata;
    // The end of an earlier one of that name, told late.
    if (before && isNewer(before.metadata.resourceVersion, resourceVersion)) return;
    this.#buried.set(key, newest(this.#buried.get(key), resourceVersion ?? ""));
    if (before) this.#gone(key, before);
  }

  /** A list does not have what the store has. */
  #vanished(key: string, listedAt: string | undefined): boolean {
    const before = this.#store.get(key);
    // We wrote it after the list was made.
    if (!before || isNewer(before.metadata.resourceVersion, listedAt)) return false;
    this.#gone(key, before);
    return true;
  }

  #gone(key: string, before: T): void {
    this.#hand({ key, before, low: false });
    this.#store.remove(key);
  }

  #absent(namespace: string): void {
    for (const key of this.#store.keys()) {
      const before = this.#store.get(key);
      if (before && inScope(key, namespace)) this.#gone(key, before);
    }
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
    const known = this.#store.get(keyOf(answer)) !== undefined;
    if (!known && isNewer(resourceVersion, scope.listedAt) !== true) return;
    this.#seen(this.#shrink(answer));
  }

  #hand(change: Change<T>): void {
    for (const handler of this.#handlers) handler(change);
  }

  #measure(what: "lastEvent" | "lastSync"): void {
    const { cache } = this.#options.metrics;
    const labels = { kind: this.kind.kind };
    const now = this.#clock.date().getTime() / 1000;
    cache[what].set(labels, now);
    cache.objects.set(labels, this.#store.size);
  }
}

function inScope(key: string, namespace: string): boolean {
  return namespace === "" || key.startsWith(`${namespace}/`);
}

// An equal version is a repetition, an older one comes late; with versions that cannot be compared
// every difference is news.
function isNews(object: KubeObject, before: KubeObject, rewound: boolean): boolean {
  const { resourceVersion } = object.metadata;
  if (resourceVersion === before.metadata.resourceVersion) return false;
  return rewound || isNewer(resourceVersion, before.metadata.resourceVersion) !== false;
}
