/** What pods say of themselves, as far as every kind judges it alike. */
import type { KubeObject } from "../kube/object.ts";

/** Reasons of a container that waits for its image. */
export const IMAGE_FAULTS: readonly string[] = [
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
];

/** Reasons of a container that does not stay up. */
export const CRASH_FAULTS: readonly string[] = [
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "RunContainerError",
];

interface Scheduled extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** The pods that are not on their way out; by name, so that a message does not change with the order of a cache. */
export function living<Pod extends KubeObject>(pods: readonly Pod[]): Pod[] {
  return pods
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The first pod that no node takes, and what the scheduler says of it. */
export function unschedulable(
  pods: readonly Scheduled[],
): { readonly name: string; readonly why: string } | undefined {
  for (const { metadata, status } of living(pods)) {
    const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
    if (scheduled?.status === "False" && scheduled.reason === "Unschedulable") {
      return { name: metadata.name, why: scheduled.message ?? "" };
    }
  }
  return undefined;
}
