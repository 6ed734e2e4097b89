/** What the controller reads of live objects: the fields that its checks judge by. */
import type { KubeObject } from "../kube/object.ts";
import { ROLE_LABEL } from "./resources/names.ts";

/** The caches of children and pods are looked up by the Chain that they are of. */
export const BY_CHAIN = "chain";

interface LiveCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface LiveDaemonSet extends KubeObject {
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
  };
}

export interface LiveContainer {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly running?: object;
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly exitCode?: number; readonly reason?: string };
  };
  readonly lastState?: { readonly terminated?: { readonly exitCode?: number } };
}

export interface LivePod extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly LiveCondition[];
    readonly containerStatuses?: readonly LiveContainer[];
    readonly initContainerStatuses?: readonly LiveContainer[];
  };
}

/** A pod is some ten kilobytes; the checks read one of them. */
export function podShrunk({ apiVersion, kind, metadata, spec, status }: LivePod): LivePod {
  const { phase, podIP, conditions, containerStatuses, initContainerStatuses } = status ?? {};
  return {
    ...{ apiVersion, kind, metadata },
    ...(spec?.nodeName ? { spec: { nodeName: spec.nodeName } } : {}),
    status: {
      ...(phase ? { phase } : {}),
      ...(podIP ? { podIP } : {}),
      ...(conditions ? { conditions } : {}),
      ...(containerStatuses ? { containerStatuses } : {}),
      ...(initContainerStatuses ? { initContainerStatuses } : {}),
    },
  };
}

/** Does its agent run? It is ready only once its node is synced, and has to be asked before. */
export function runsAgent({ metadata, status }: LivePod): boolean {
  if (metadata.deletionTimestamp || metadata.labels?.[ROLE_LABEL] !== "agent") return false;
  return (
    status?.containerStatuses?.some(({ name, state }) => name === "agent" && state?.running) ??
    false
  );
}

/** Where a port of the pod is: its own address, or the port of this machine that an annotation notes. */
export function podAddress(
  { metadata, status }: LivePod,
  { name, number }: { name: string; number: number },
  annotation: string,
): string | undefined {
  const noted = annotation && metadata.annotations?.[annotation];
  if (noted) {
    const port = (JSON.parse(noted) as Record<string, number>)[name];
    return port === undefined ? undefined : `127.0.0.1:${port}`;
  }
  const address = status?.podIP;
  if (!address) return undefined;
  return address.includes(":") ? `[${address}]:${number}` : `${address}:${number}`;
}
