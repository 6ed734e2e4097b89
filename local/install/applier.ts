import { setTimeout as sleep } from "node:timers/promises";
import { ApiRefusal, type NodeApi } from "../node-agent/api.ts";
import type { Manifest } from "./documents.ts";

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface Definition extends Manifest {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

const manager = "pitboss-local";
const retryMs = 100;
const patienceMs = 30_000;

/** Applies objects of any kind as `kubectl apply --server-side` does. */
export class Applier {
  readonly #api: NodeApi;
  readonly #resources = new Map<string, readonly Resource[]>();

  constructor(api: NodeApi) {
    this.#api = api;
  }

  /** Definitions of kinds first, then the rest in the given order; a namespace that is only just being made is waited for. */
  async applyAll(objects: readonly Manifest[], namespace: string): Promise<void> {
    const definitions = objects.filter(isDefinition);
    const apply = (object: Manifest) =>
      this.#patiently(object, () => this.#apply(object, namespace));
    for (const definition of definitions) await apply(definition);
    await Promise.all(definitions.map((definition) => this.#untilServed(definition)));
    for (const object of objects.filter((one) => !isDefinition(one))) await apply(object);
  }

  async #apply(object: Manifest, namespace: string): Promise<void> {
    const path = await this.#pathOf(object, object.metadata.namespace ?? namespace);
    const query = `fieldManager=${manager}&force=true`;
    await this.#api.call("PATCH", `${path}?${query}`, object, "application/apply-patch+yaml");
  }

  /** Whoever looks for a kind too early may take it for one that is not installed. */
  async #untilServed({ spec }: Definition): Promise<void> {
    for (const { name } of spec.versions.filter(({ served }) => served)) {
      const path = `/apis/${spec.group}/${name}/${spec.names.plural}?limit=1`;
      while ((await this.#api.find(path)) === undefined) await sleep(retryMs);
    }
  }

  async #patiently(object: Manifest, work: () => Promise<void>): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isNotThereYet(error) || Date.now() > deadline) {
          const { kind, metadata } = object;
          throw new Error(`while applying ${kind} ${metadata.name}`, { cause: error });
        }
      }
      await sleep(retryMs);
    }
  }

  async #pathOf({ apiVersion, kind, metadata }: Manifest, namespace: string): Promise<string> {
    const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = await this.#resourceOf(group, kind);
    const within = resource.namespaced ? `/namespaces/${namespace}` : "";
    return `${group}${within}/${resource.name}/${metadata.name}`;
  }

  async #resourceOf(group: string, kind: string): Promise<Resource> {
    const known = this.#resources.get(group)?.find((one) => one.kind === kind);
    if (known !== undefined) return known;
    const { resources } = await this.#api.call<{ resources: Resource[] }>("GET", group);
    const own = resources.filter(({ name }) => !name.includes("/"));
    this.#resources.set(group, own);
    const found = own.find((one) => one.kind === kind);
    if (found !== undefined) return found;
    throw new ApiRefusal(404, `the API server does not know ${kind} in ${group}`);
  }
}

function isDefinition(object: Manifest): object is Definition {
  return object.kind === "CustomResourceDefinition";
}

/** A CRD is served a moment after it was applied, and a namespace is. */
function isNotThereYet(error: unknown): boolean {
  return error instanceof ApiRefusal && error.status === 404;
}
