import type { Client } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import type { Kind, KubeObject } from "./object.ts";

/** What changed: `before` or `after` is absent when the object came or went. Never keep or change them. */
export interface Change<T> {
  key: string;
  before?: T | undefined;
  after?: T | undefined;
  /** From the first list or a relist, not a user's change just now: enqueue with low priority. */
  low: boolean;
}

export interface InformerOptions<T extends KubeObject> {
  client: Client;
  kind: Kind;
  /** Empty: all. */
  namespaces: readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** Only apiVersion, kind and metadata travel and are kept. */
  metadataOnly?: boolean;
  /** Shrinks what is kept; managedFields and last-applied are always dropped. */
  transform?: (object: T) => T;
  /** Named lookups, such as owner: (child) => [owner's UID]. */
  indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
  /** The kind may not be installed: then the informer is synced and empty until it appears. */
  optional?: boolean;
  metrics: Metrics;
  logger: Logger;
  clock?: Clock;
}

/** A cache of one kind, kept by list and watch. What we write through the client is seen at once. */
export declare class Informer<T extends KubeObject = KubeObject> {
  constructor(options: InformerOptions<T>);
  readonly kind: Kind;
  /** Handlers may only enqueue keys: they are called before the store changes. */
  onChange(handler: (change: Change<T>) => void): void;
  start(): void;
  stop(): Promise<void>;
  readonly synced: boolean;
  /** Resolves once the first list is in the store. */
  whenSynced(signal?: AbortSignal): Promise<void>;
  get(key: string): T | undefined;
  list(): T[];
  byIndex(index: string, value: string): T[];
  /** Is the kind installed? Always true unless `optional`. */
  readonly served: boolean;
}
