import type { NodeApi } from "./api.ts";

/** The part of a token's life after which it is replaced, as a kubelet does. */
const YOUNG = 0.8;

/** A ConfigMap or Secret that a pod needs is not there yet, or lacks the key. */
export class NotThereYet extends Error {
  override readonly name = "NotThereYet";
}

interface Data {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

/** Reads ConfigMaps and Secrets with the node's own rights: those of its pods and no others. */
export class Sources {
  readonly #api: NodeApi;
  readonly #tokens = new Map<string, { token: string; renewAt: number }>();

  constructor(api: NodeApi) {
    this.#api = api;
  }

  async configMap(namespace: string, name: string, optional = false): Promise<Map<string, Buffer>> {
    const found = await this.#find("configmaps", namespace, name, optional);
    const text = Object.entries(found.data ?? {}).map(([key, value]) => [key, Buffer.from(value)]);
    return new Map([...(text as [string, Buffer][]), ...decoded(found.binaryData)]);
  }

  async secret(namespace: string, name: string, optional = false): Promise<Map<string, Buffer>> {
    return new Map(decoded((await this.#find("secrets", namespace, name, optional)).data));
  }

  /** A token for the pod's service account, bound to the pod; a new one when the last is no longer young. */
  async token(
    pod: { name: string; namespace: string; uid: string },
    account: string,
    source: { audience?: string; expirationSeconds?: number },
  ): Promise<string> {
    const now = Date.now();
    for (const [key, { renewAt }] of this.#tokens) if (renewAt <= now) this.#tokens.delete(key);
    const key = JSON.stringify([pod.uid, source.audience, source.expirationSeconds]);
    const known = this.#tokens.get(key);
    if (known) return known.token;
    const { token, expirationTimestamp } = await this.#request(pod, account, source);
    const lifeMs = new Date(expirationTimestamp).getTime() - now;
    this.#tokens.set(key, { token, renewAt: now + lifeMs * YOUNG });
    return token;
  }

  async #request(
    pod: { name: string; namespace: string; uid: string },
    account: string,
    { audience, expirationSeconds = 3600 }: { audience?: string; expirationSeconds?: number },
  ): Promise<{ token: string; expirationTimestamp: string }> {
    const { status } = await this.#api.call<{
      status: { token: string; expirationTimestamp: string };
    }>("POST", `/api/v1/namespaces/${pod.namespace}/serviceaccounts/${account}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {
        ...(audience === undefined ? {} : { audiences: [audience] }),
        expirationSeconds,
        boundObjectRef: { apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid },
      },
    });
    return status;
  }

  async #find(plural: string, namespace: string, name: string, optional: boolean): Promise<Data> {
    const found = await this.#api.find<Data>(`/api/v1/namespaces/${namespace}/${plural}/${name}`);
    if (found) return found;
    if (optional) return {};
    throw new NotThereYet(`${plural} "${name}" not found in namespace ${namespace}`);
  }
}

function decoded(data: Record<string, string> = {}): [string, Buffer][] {
  return Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64")]);
}
