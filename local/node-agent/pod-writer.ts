import type { Logger } from "../../operator/kube/logger.ts";
import { PORTS_ANNOTATION } from "../gateway/routing.ts";
import { ApiRefusal, type NodeApi } from "./api.ts";
import type { Pod, PodStatus } from "./kinds.ts";
import { pause } from "./probe.ts";

const RETRY_MS = 1_000;
const MERGE_PATCH = "application/merge-patch+json";

/** All that a node writes about its pods; a write is repeated while the API server is away. */
export class PodWriter {
  readonly #api: NodeApi;
  readonly #logger: Logger;
  readonly #end: AbortSignal;

  constructor(api: NodeApi, logger: Logger, end: AbortSignal) {
    this.#api = api;
    this.#logger = logger;
    this.#end = end;
  }

  /** Its processes are gone: the API may forget the pod. */
  async forget(pod: Pod): Promise<void> {
    const options = { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } };
    const asked = () => this.#api.call("DELETE", pathOf(pod), options);
    await this.#persist(`deleting pod ${keyOf(pod)}`, asked);
  }

  /** Not repeated: the pod does not start before its ports are known. */
  async notePorts(pod: Pod, ports: Record<string, number>): Promise<void> {
    const annotations = { [PORTS_ANNOTATION]: JSON.stringify(ports) };
    await this.#api.call("PATCH", statusPathOf(pod), { metadata: { annotations } }, MERGE_PATCH);
  }

  /** The pod as it is with the new status; undefined where it is gone, or another has its name. */
  async writeStatus(pod: Pod, status: PodStatus): Promise<Pod | undefined> {
    const patch = { metadata: { uid: pod.metadata.uid }, status };
    let written: Pod | undefined;
    await this.#persist(`reporting pod ${keyOf(pod)}`, async () => {
      written = await this.#api.call<Pod>("PATCH", statusPathOf(pod), patch, MERGE_PATCH);
    });
    return written;
  }

  async #persist(doing: string, write: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        const status = error instanceof ApiRefusal ? error.status : 0;
        if (status === 404 || status === 409 || this.#end.aborted) return;
        this.#logger.warn({ err: error }, `while ${doing}; trying again`);
      }
      await pause(RETRY_MS, this.#end);
    }
  }
}

/** `namespace/name`. */
export function keyOf({ metadata }: Pick<Pod, "metadata">): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}

function statusPathOf(pod: Pod): string {
  return `${pathOf(pod)}/status`;
}
