import type { Client } from "../kube/client.ts";
import type { Controller, ControllerOptions } from "../kube/controller.ts";
import type { Discovery } from "../kube/discovery.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { Change, Informer, InformerOptions } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import type { Kind, KubeObject } from "../kube/object.ts";
import type { Authority } from "./authority.ts";
import type { SharedInformers } from "./informers.ts";
import type { PlatformDatabase } from "./platform-database.ts";

/** What the operator offers to a controller of any kind. */
export interface Machinery {
  readonly shared: SharedInformers;
  readonly client: Client;
  readonly events: EventRecorder;
  readonly discovery: Discovery;
  readonly logger: Logger;
  readonly platformDatabase: PlatformDatabase;
  /** Of the certificates of chains' agents and their callers. */
  readonly authority: Authority;
  informer<T extends KubeObject>(
    options: Pick<
      InformerOptions<T>,
      "kind" | "labels" | "indexes" | "metadataOnly" | "optional" | "resync" | "transform"
    >,
  ): Informer<T>;
  controller(
    options: Pick<ControllerOptions, "name" | "reconcile" | "concurrency" | "timeoutMs">,
  ): Controller;
}

/** Everything that looks after objects of one kind: begun by the leader, and stopped. */
export interface KindController {
  /** Begins what runs beside the queue; the platform's database has been looked at before. */
  lead(): void | Promise<void>;
  stop(): Promise<void>;
}

/** Is this more than a status, which is our own word? */
export function matters<T extends KubeObject>({ before, after }: Change<T>): boolean {
  if (!before || !after || before === after) return true;
  const shown = ({ metadata }: T) =>
    JSON.stringify([
      metadata.uid,
      metadata.generation,
      metadata.deletionTimestamp,
      metadata.finalizers,
      metadata.annotations,
    ]);
  return shown(before) !== shown(after);
}

/** The cache of a kind, of those that a controller keeps. */
export function cacheFor(caches: ReadonlyMap<Kind, Informer>, kind: Kind): Informer {
  const cache = caches.get(kind);
  if (!cache) throw new Error(`no cache of ${kind.kind}`);
  return cache;
}

/** `namespace/name` of the object that a child of ours says by its label it is of. */
export function labelledKeys(object: KubeObject, label: string): string[] {
  const { namespace, labels } = object.metadata;
  const name = labels?.[label];
  return name && namespace ? [`${namespace}/${name}`] : [];
}
