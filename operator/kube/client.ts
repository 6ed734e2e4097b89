import type { KubeConfig } from "@kubernetes/client-node";
import { ApiError, failedWith } from "./api-error.ts";
import { Caller, type CallSpec } from "./caller.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Metrics } from "./metrics.ts";
import { type Kind, type KubeObject, keyOf, objectPath } from "./object.ts";
import { type Call, Reader, show, TIMEOUT_MS } from "./reader.ts";
import { Transport } from "./transport.ts";

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
  clock?: Clock;
  /** Every write goes through this, once per attempt: to count, to refuse, to crash before or after. */
  interceptWrite?: ((write: Write, send: () => Promise<unknown>) => Promise<unknown>) | undefined;
  /** May this process write that now? If not, the call fails with `fenced`. */
  mayWrite?: ((write: Write) => boolean) | undefined;
}

/** The owner of every field that we set, but for the status. */
export const FIELD_MANAGER = "pitboss";
/** The owner of the status fields: apart, since each apply drops what its manager no longer names. */
export const STATUS_MANAGER = "pitboss-status";

/** So often somebody else may write first before we give up. */
const MAX_OUTRUN = 5;
const APPLY = "application/apply-patch+yaml";

/** The only reader and writer of the Kubernetes API. Failures are ApiErrors. */
export class Client extends Reader {
  readonly #transport: Transport;
  readonly #options: ClientOptions;
  readonly #listeners = new Set<(kind: Kind, object: KubeObject) => void>();

  constructor(options: ClientOptions) {
    const clock = options.clock ?? systemClock;
    const transport = new Transport(options.config, clock);
    super(new Caller(transport, options.metrics, clock));
    this.#options = options;
    this.#transport = transport;
  }

  /**
   * Server-side apply as `pitboss`: makes the object or sets exactly the fields given, taking them
   * from other managers. metadata.uid and resourceVersion, if given, are preconditions (conflict).
   */
  async apply<T extends KubeObject>(kind: Kind, object: KubeObject, call: Call = {}): Promise<T> {
    const path = `${objectPath(kind, object.metadata)}?fieldManager=${FIELD_MANAGER}&force=true`;
    return (await this.#write(
      { verb: "apply", kind, body: object },
      object,
      path,
      APPLY,
      call,
    )) as T;
  }

  /**
   * Server-side apply of the status as `pitboss-status`. Not a merge patch: so a field that is no
   * longer reported goes by itself, and conditions of other writers stay, as they are a map by
   * type. The API does not mind the UID of a status, so it is the version that keeps it from another
   * object of the same name: when that moved on and the object is still the same, it is taken anew.
   */
  async applyStatus<T extends KubeObject>(
    kind: Kind,
    object: KubeObject & { status?: unknown },
    call: Call = {},
  ): Promise<T> {
    const { name, namespace, uid } = object.metadata;
    if (!uid || !object.metadata.resourceVersion) {
      throw new TypeError(`the status of ${kind.kind} ${keyOf(object)} needs its UID and version`);
    }
    const path = `${objectPath(kind, object.metadata)}/status?fieldManager=${STATUS_MANAGER}&force=true`;
    const { apiVersion, kind: kindName } = kind;
    let resourceVersion: string | undefined = object.metadata.resourceVersion;
    for (let tries = 1; ; tries++) {
      const metadata = { name, ...(namespace ? { namespace } : {}), uid, resourceVersion };
      const body = { apiVersion, kind: kindName, metadata, status: object.status };
      const write = { verb: "applyStatus" as const, kind, body };
      try {
        return (await this.#write(write, object, path, APPLY, call)) as T;
      } catch (error) {
        if (!failedWith(error, "conflict") || tries >= MAX_OUTRUN) throw error;
        const live = await this.find(kind, object.metadata, call);
        if (live?.metadata.uid !== uid) throw error;
        resourceVersion = live.metadata.resourceVersion;
      }
    }
  }

  /**
   * PUT of the whole object: for Leases, where the resourceVersion decides who wins. Without one
   * it makes the object and fails if there is one.
   */
  async replace<T extends KubeObject>(kind: Kind, object: T, call: Call = {}): Promise<T> {
    const path = `${objectPath(kind, object.metadata)}?fieldManager=${FIELD_MANAGER}`;
    const write = { verb: "replace" as const, kind, body: object };
    return (await this.#write(write, object, path, "application/json", call, "PUT")) as T;
  }

  /** Deletes this very object in this very state; false if it is already gone, conflict if it is another. */
  async delete(
    kind: Kind,
    object: KubeObject,
    {
      propagation = "Background",
      ...call
    }: Call & { propagation?: "Background" | "Foreground" | "Orphan" } = {},
  ): Promise<boolean> {
    const { uid, resourceVersion } = object.metadata;
    if (!uid || !resourceVersion) {
      throw new TypeError(
        `to delete ${kind.kind} ${keyOf(object)}, its UID and version are needed`,
      );
    }
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      preconditions: { uid, resourceVersion },
      propagationPolicy: propagation,
    };
    const path = objectPath(kind, object.metadata);
    try {
      await this.#write(
        { verb: "delete", kind, body },
        object,
        path,
        "application/json",
        call,
        "DELETE",
      );
      return true;
    } catch (error) {
      if (failedWith(error, "notFound") && !error.kindMissing) return false;
      throw error;
    }
  }

  /** Adds a finalizer, keeping others'. The answer is the object as it is now. */
  async addFinalizer<T extends KubeObject>(
    kind: Kind,
    object: T,
    finalizer: string,
    call: Call = {},
  ): Promise<T> {
    const changed = await this.#finalizers(kind, object, call, (now) =>
      now.includes(finalizer) ? now : [...now, finalizer],
    );
    if (changed) return changed;
    throw new ApiError({
      doing: `add a finalizer to ${kind.kind} ${keyOf(object)}`,
      failure: "notFound",
    });
  }

  /** Removes a finalizer, keeping others'. Undefined when the object is gone, which is as good. */
  async removeFinalizer<T extends KubeObject>(
    kind: Kind,
    object: T,
    finalizer: string,
    call: Call = {},
  ): Promise<T | undefined> {
    return this.#finalizers(kind, object, call, (now) => now.filter((one) => one !== finalizer));
  }

  /** Tells of every object that the API answered to a write of ours. The answer stops that. */
  onWritten(listener: (kind: Kind, object: KubeObject) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Cuts all connections. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  /**
   * A merge patch of the whole list that holds only for the UID and version it was read at: a list
   * has no other way to drop one entry and keep what others added meanwhile.
   */
  async #finalizers<T extends KubeObject>(
    kind: Kind,
    object: T,
    call: Call,
    change: (finalizers: readonly string[]) => readonly string[],
  ): Promise<T | undefined> {
    const { uid } = object.metadata;
    let current: T | undefined = object;
    for (let tries = 1; current && current.metadata.uid === uid; tries++) {
      const before: string[] = current.metadata.finalizers ?? [];
      const finalizers = change(before);
      if (finalizers.length === before.length) return current;
      const body = {
        metadata: { uid, resourceVersion: current.metadata.resourceVersion, finalizers },
      };
      const path = `${objectPath(kind, object.metadata)}?fieldManager=${FIELD_MANAGER}`;
      const write = { verb: "finalizers" as const, kind, body };
      try {
        return (await this.#write(write, object, path, "application/merge-patch+json", call)) as T;
      } catch (error) {
        const stale = failedWith(error, "conflict") && tries < MAX_OUTRUN;
        if (!stale && !failedWith(error, "notFound")) throw error;
        current = await this.find<T>(kind, object.metadata, call);
      }
    }
    return undefined;
  }

  /** The one place that writes. */
  async #write(
    facts: Pick<Write, "verb" | "kind" | "body">,
    object: KubeObject,
    path: string,
    contentType: string,
    { signal, timeoutMs = TIMEOUT_MS }: Call,
    method: "PATCH" | "PUT" | "DELETE" = "PATCH",
  ): Promise<unknown> {
    const { name, namespace } = object.metadata;
    const write: Write = { ...facts, name, namespace };
    const doing = `${VERBS[write.verb]} ${write.kind.kind} ${show(write)}`;
    if (write.kind.namespaced && !namespace) throw new TypeError(`${doing}: it has no namespace`);
    const { interceptWrite = (_, send) => send(), mayWrite = () => true } = this.#options;
    const spec: CallSpec = {
      verb: write.verb,
      doing,
      method,
      path,
      headers: { accept: "application/json", "content-type": contentType },
      body: JSON.stringify(write.body),
      signal,
      timeoutMs,
      // An apply says what shall be and a delete which object shall not be: once or twice is the same.
      repeatable: write.verb !== "replace" && write.verb !== "finalizers",
      around: (send) => {
        if (!mayWrite(write)) throw new ApiError({ doing, failure: "fenced" });
        return interceptWrite(write, send);
      },
    };
    const answer = (await this.caller.call(spec)) as KubeObject;
    if (answer.kind === write.kind.kind) {
      for (const listener of this.#listeners) listener(write.kind, answer);
    }
    return answer;
  }
}

const VERBS = {
  apply: "apply",
  applyStatus: "apply the status of",
  replace: "replace",
  delete: "delete",
  finalizers: "set the finalizers of",
} as const;
