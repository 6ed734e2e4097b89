import type { KubeConfig } from "@kubernetes/client-node";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import type { Kind, KubeObject, ObjectName } from "./object.ts";

/** Options of one call. */
export interface Call {
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
}

export interface ListOptions extends Call {
  namespace?: string | undefined;
  labels?: Readonly<Record<string, string>>;
  metadataOnly?: boolean;
}

export interface ListPage<T> {
  items: T[];
  resourceVersion: string;
}

/** One write, as it is about to be sent. */
export interface Write {
  verb: "apply" | "applyStatus" | "replace" | "delete" | "finalizers";
  kind: Kind;
  namespace?: string | undefined;
  name: string;
  body: unknown;
}

export interface ClientOptions {
  config: KubeConfig;
  metrics: Metrics;
  logger: Logger;
  clock?: Clock;
  /** Every write goes through this, once per attempt: to count, to refuse, to crash before or after. */
  interceptWrite?: (write: Write, send: () => Promise<unknown>) => Promise<unknown>;
}

/** The only reader and writer of the Kubernetes API. Failures are ApiErrors. */
export declare class Client {
  constructor(options: ClientOptions);
  /** Fails with notFound. */
  get<T extends KubeObject>(kind: Kind, name: ObjectName, call?: Call): Promise<T>;
  /** Like get, but absent is undefined. */
  find<T extends KubeObject>(kind: Kind, name: ObjectName, call?: Call): Promise<T | undefined>;
  list<T extends KubeObject>(kind: Kind, options?: ListOptions): Promise<ListPage<T>>;
  /** Server-side apply as `pitboss`, forced. metadata.uid in the object is a precondition. */
  apply<T extends KubeObject>(kind: Kind, object: KubeObject, call?: Call): Promise<T>;
  /** Server-side apply of the status as `pitboss-status`, forced. Needs metadata.uid. */
  applyStatus<T extends KubeObject>(
    kind: Kind,
    object: KubeObject & { status: unknown },
    call?: Call,
  ): Promise<T>;
  /** Deletes this very object in this very version (UID and resourceVersion); true if it was there. */
  delete(
    kind: Kind,
    object: KubeObject,
    options?: Call & { propagation?: "Background" | "Foreground" | "Orphan" },
  ): Promise<boolean>;
  /** Others' finalizers stay. The answer is the object as it is now; undefined when it is gone. */
  addFinalizer<T extends KubeObject>(
    kind: Kind,
    object: T,
    finalizer: string,
    call?: Call,
  ): Promise<T>;
  removeFinalizer<T extends KubeObject>(
    kind: Kind,
    object: T,
    finalizer: string,
    call?: Call,
  ): Promise<T | undefined>;
}
