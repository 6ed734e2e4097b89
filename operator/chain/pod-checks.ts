import type { Found as AnyFound } from "../platform/finding.ts";
import { CRASH_FAULTS, IMAGE_FAULTS, living, unschedulable } from "../platform/pods.ts";
import type { LiveContainer, LivePod } from "./live.ts";
import type { Observed } from "./observe.ts";
import type { Reason } from "./reasons.ts";

export type Found = AnyFound<Reason>;

/** What the chain's pods say themselves, the most telling first. */
export const podChecks = [
  dataRefused, // before "crashing": the marker says what no client could
  imageUnavailable,
  podsCrashing,
  podsUnschedulable,
] as const;

const waitingOf = ({ state }: LiveContainer) => state?.waiting;

function dataRefused({ chain, pods }: Observed): Found | undefined {
  const { namespace } = chain.metadata;
  for (const pod of living(pods)) {
    const { name } = pod.metadata;
    const where = `on ${pod.spec?.nodeName ?? "its machine"}`;
    const missing = containers(pod)
      .map(waitingOf)
      .find((waiting) => /hostPath type check failed/.test(waiting?.message ?? ""));
    if (missing) {
      const message = `${missing.message} ${where}: mount the disk there and give it to user ${chain.spec.node.user}`;
      return { reason: "DataRefused", message };
    }
    const marker = containers(pod).find((one) => one.name === "marker");
    const ended = marker?.state?.terminated ?? marker?.lastState?.terminated;
    if (marker && !marker.ready && ended && ended.exitCode !== 0) {
      const message = `the data folder ${where} is refused: kubectl logs -n ${namespace} ${name} -c marker`;
      return { reason: "DataRefused", message };
    }
  }
  return undefined;
}

function imageUnavailable({ pods }: Observed): Found | undefined {
  for (const pod of living(pods)) {
    const waiting = containers(pod)
      .map(waitingOf)
      .find((one) => IMAGE_FAULTS.includes(one?.reason ?? ""));
    if (waiting) {
      const message = `pod ${pod.metadata.name} cannot get its image: ${waiting.message ?? waiting.reason}`;
      return { reason: "ImageUnavailable", message };
    }
  }
  return undefined;
}

function podsCrashing({ pods }: Observed): Found | undefined {
  for (const pod of living(pods)) {
    const crashed = containers(pod).find((one) =>
      CRASH_FAULTS.includes(waitingOf(one)?.reason ?? ""),
    );
    if (crashed) {
      const { namespace, name } = pod.metadata;
      const ended = crashed.lastState?.terminated;
      const how = ended ? ` (exit code ${ended.exitCode})` : "";
      const more = waitingOf(crashed)?.message ?? "";
      const message = `${crashed.name} of pod ${name}: ${waitingOf(crashed)?.reason}${how} ${more}: kubectl logs -n ${namespace} ${name} -c ${crashed.name} --previous`;
      return { reason: "PodsCrashing", message };
    }
  }
  return undefined;
}

function podsUnschedulable({ pods }: Observed): Found | undefined {
  const found = unschedulable(pods);
  if (!found) return undefined;
  const message = `pod ${found.name} finds no machine: ${found.why}`;
  return { reason: "PodsUnschedulable", message };
}

const containers = ({ status }: LivePod): readonly LiveContainer[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];
