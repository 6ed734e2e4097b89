import dotI from "@dot-i/k8s-operator";
import type { CoreV1Api, KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import type { Client } from "./client.ts";
import type { Controller, ControllerSpec } from "./controller.ts";
import type { Discovery } from "./discovery.ts";
import type { Informer, WatchSpec } from "./informer.ts";
import type { Logger } from "./logger.ts";
import { collectionPath, type Kind, type KubeObject, keyOf } from "./object.ts";
import { done } from "./result.ts";

type Meta = dotI.ResourceMeta;
type Event = dotI.ResourceEvent;

interface News {
  type: dotI.ResourceEventType;
  object: KubeObject;
}

/**
 * @dot-i/k8s-operator's class without its network: every method of it that calls the API or
 * watches is overridden here to go through our client, informers and queues, or refused where it
 * promises what cannot be kept. Its own would exit the process when a watch breaks, lose what a
 * handler throws, and report status and finalizers as written that were not.
 */
export abstract class DotIOperator extends dotI.default {
  readonly #kinds = new Map<string, Kind>();

  protected abstract readonly client: Client;
  protected abstract readonly discovery: Discovery;
  protected abstract informer<T extends KubeObject>(spec: WatchSpec<T>): Informer<T>;
  protected abstract controller(spec: ControllerSpec): Controller;

  constructor(config: KubeConfig, log: Logger) {
    super({
      debug: (message) => log.debug({}, message),
      info: (message) => log.info({}, message),
      warn: (message) => log.warn({}, message),
      error: (message) => log.error({}, message),
    });
    this.kubeConfig = config;
    this.k8sApi = new Proxy({} as CoreV1Api, {
      get: (_, name) => refuse(`k8sApi.${String(name)}`, "this.client"),
    });
  }

  /** Delivers every change of that kind to `onEvent`, one at a time for each object, again if it throws. */
  protected override async watchResource(
    group: string,
    version: string,
    plural: string,
    onEvent: (event: Event) => Promise<void>,
    namespace?: string,
  ): Promise<void> {
    const apiVersion = group ? `${group}/${version}` : version;
    const kind = await this.discovery.find(apiVersion, plural);
    if (!kind) throw new Error(`${apiVersion} serves no ${plural}: is its CRD installed?`);
    this.#kinds.set(idOf(kind), kind);
    const informer = this.informer({ kind, ...(namespace ? { namespaces: [namespace] } : {}) });
    const delivered = new Map<string, KubeObject>();
    const reconcile = async (key: string) => {
      for (const { type, object } of news(delivered.get(key), informer.get(key))) {
        const theirs = object as unknown as KubernetesObject;
        const meta = dotI.ResourceMetaImpl.createWithPlural(plural, theirs);
        await onEvent({ type, meta, object: theirs });
        if (type === dotI.ResourceEventType.Deleted) delivered.delete(key);
        else delivered.set(key, object);
      }
      return done;
    };
    const controller = this.controller({ name: plural, reconcile });
    controller.watches(informer, (object) => [keyOf(object)]);
  }

  /** Adds our finalizer, or runs `deleteAction` and removes it. True: nothing else is to be done. */
  protected override async handleResourceFinalizer(
    { object, meta, type }: Event,
    finalizer: string,
    deleteAction: (event: Event) => Promise<void>,
  ): Promise<boolean> {
    if (type === dotI.ResourceEventType.Deleted) return false;
    const kind = this.#kindOf(meta);
    const current = object as unknown as KubeObject;
    const { finalizers = [], deletionTimestamp } = current.metadata;
    if (deletionTimestamp) {
      if (!finalizers.includes(finalizer)) return true;
      await deleteAction({ object, meta, type });
      await this.client.removeFinalizer(kind, current, finalizer);
      return true;
    }
    if (finalizers.includes(finalizer)) return false;
    await this.client.addFinalizer(kind, current, finalizer);
    return true;
  }

  /** Applies the whole status; null if the object is gone. Every other failure throws. */
  protected override async setResourceStatus(meta: Meta, status: unknown): Promise<Meta | null> {
    const kind = this.#kindOf(meta);
    const live = await this.client.find(kind, meta);
    if (!live) return null;
    const written = await this.client.applyStatus(kind, { ...live, status });
    return dotI.ResourceMetaImpl.createWithId(meta.id, written as unknown as KubernetesObject);
  }

  /** Where objects of that kind are. */
  protected override getCustomResourceApiUri(
    group: string,
    version: string,
    plural: string,
    namespace?: string,
  ): string {
    const kind = { apiVersion: `${group}/${version}`, kind: plural, plural, namespaced: true };
    return `${this.kubeConfig.getCurrentCluster()?.server ?? ""}${collectionPath(kind, namespace)}`;
  }

  protected override async patchResourceStatus(): Promise<never> {
    return refuse("patchResourceStatus", "setResourceStatus: a status is applied whole");
  }

  protected override async setResourceFinalizers(): Promise<never> {
    return refuse("setResourceFinalizers", "client.addFinalizer, which keeps others' finalizers");
  }

  protected override async registerCustomResourceDefinition(): Promise<never> {
    return refuse(
      "registerCustomResourceDefinition",
      "the manifests: CRDs come before the operator",
    );
  }

  protected override async applyAxiosKubeConfigAuth(): Promise<never> {
    return refuse("applyAxiosKubeConfigAuth", "this.client");
  }

  protected override async applyGaxiosKubeConfigAuth(): Promise<never> {
    return refuse("applyGaxiosKubeConfigAuth", "this.client");
  }

  #kindOf({ id }: Meta): Kind {
    const kind = this.#kinds.get(id);
    if (!kind) throw new Error(`${id} is not watched, so its kind is not known`);
    return kind;
  }
}

function idOf({ plural, apiVersion }: Kind): string {
  return `${plural}.${apiVersion}`;
}

// What to tell of an object, by what was last told of it and how it is now. One that came and went
// in between was never told of; one that was replaced ends and begins.
function news(before: KubeObject | undefined, now: KubeObject | undefined): News[] {
  const { Added, Modified, Deleted } = dotI.ResourceEventType;
  if (before && now && before.metadata.uid === now.metadata.uid) {
    return [{ type: Modified, object: now }];
  }
  return [
    ...(before ? [{ type: Deleted, object: before }] : []),
    ...(now ? [{ type: Added, object: now }] : []),
  ];
}

function refuse(what: string, instead: string): never {
  throw new Error(`${what} of @dot-i/k8s-operator is not used; use ${instead}`);
}
