import type { ContainerStatus, Pod, PodCondition, PodStatus } from "./kinds.ts";

/** What is known of a pod's containers now. */
export interface Observed {
  podIP: string;
  startTime: string;
  /** True once every init container has ended well and every sidecar has started. */
  initialized: boolean;
  init: ContainerStatus[];
  containers: ContainerStatus[];
}

/** The status that the node reports; transition times stay while a condition does not change. */
export function podStatus(pod: Pod, seen: Observed, now: string): PodStatus {
  // A sidecar counts like a container; what ran before them has ended.
  const sidecars = (pod.spec.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === "Always",
  );
  const beside = seen.init.filter(({ name }) => sidecars.some((one) => one.name === name));
  const all = [...beside, ...seen.containers];
  const ready = seen.initialized && all.every((container) => container.ready);
  const unready = all.filter((container) => !container.ready).map(({ name }) => name);
  const why = ready
    ? {}
    : { reason: "ContainersNotReady", message: `containers with unready status: [${unready}]` };
  const initWhy = seen.initialized ? {} : { reason: "ContainersNotInitialized" };
  const conditions = [
    condition("PodScheduled", true, {}),
    condition("Initialized", seen.initialized, initWhy),
    condition("ContainersReady", ready, why),
    condition("Ready", ready, why),
  ];
  return {
    phase: phaseOf(pod, seen),
    conditions: conditions.map((one) => ({ ...one, lastTransitionTime: since(pod, one, now) })),
    hostIP: "127.0.0.1",
    hostIPs: [{ ip: "127.0.0.1" }],
    podIP: seen.podIP,
    podIPs: [{ ip: seen.podIP }],
    startTime: seen.startTime,
    initContainerStatuses: seen.init,
    containerStatuses: seen.containers,
  };
}

function condition(type: string, good: boolean, why: { reason?: string; message?: string }) {
  return { type, status: good ? ("True" as const) : ("False" as const), ...why };
}

function since(
  pod: Pod,
  { type, status }: { type: string; status: PodCondition["status"] },
  now: string,
): string {
  const before = pod.status?.conditions?.find((one) => one.type === type);
  return before?.status === status ? before.lastTransitionTime : now;
}

function phaseOf(pod: Pod, { containers, initialized, init }: Observed): PodStatus["phase"] {
  const policy = pod.spec.restartPolicy ?? "Always";
  const codes = containers.map(({ state }) => state.terminated?.exitCode);
  const initFailed = init.some(({ state }) => (state.terminated?.exitCode ?? 0) !== 0);
  if (policy === "Never" && initFailed) return "Failed";
  if (!initialized || containers.every(({ state, restartCount }) => state.waiting && !restartCount))
    return "Pending";
  if (policy === "Always" || codes.some((code) => code === undefined)) return "Running";
  if (codes.every((code) => code === 0)) return "Succeeded";
  return policy === "Never" ? "Failed" : "Running";
}
