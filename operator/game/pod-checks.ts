import { CRASH_FAULTS, IMAGE_FAULTS, living, unschedulable } from "../platform/pods.ts";
import type { Found } from "./checks.ts";
import type { LivePod } from "./live.ts";
import type { Observed } from "./observe.ts";

/** What the game's pods and their Deployment say themselves, the most telling first. */
export const podChecks = [
  scaledToZero,
  podsRefused,
  imageUnavailable,
  podsCrashing,
  podsUnschedulable,
] as const;

function scaledToZero({ game }: Observed): Found | undefined {
  if (game.spec.replicas !== 0) return undefined;
  return { reason: "ScaledToZero", message: "spec.replicas is 0: raise it to serve players" };
}

function podsRefused({ deployment }: Observed): Found | undefined {
  const failure = deployment?.status?.conditions?.find(({ type }) => type === "ReplicaFailure");
  if (failure?.status !== "True") return undefined;
  return { reason: "PodsRefused", message: failure.message ?? "pods cannot be created" };
}

function imageUnavailable({ pods }: Observed): Found | undefined {
  for (const pod of living(pods)) {
    const waiting = containers(pod).find(({ state }) =>
      IMAGE_FAULTS.includes(state?.waiting?.reason ?? ""),
    )?.state?.waiting;
    if (waiting) {
      const message = `pods cannot get their image: ${waiting.message ?? waiting.reason}. Correct the platform's runtime image or the node's access to it`;
      return { reason: "ImageUnavailable", message };
    }
  }
  return undefined;
}

function podsCrashing({ pods }: Observed): Found | undefined {
  for (const pod of living(pods)) {
    const crashed = containers(pod).find(
      ({ ready, state }) => !ready && CRASH_FAULTS.includes(state?.waiting?.reason ?? ""),
    );
    if (crashed) {
      const { namespace } = pod.metadata;
      const ended = crashed.lastState?.terminated;
      const how = ended ? ` (exit code ${ended.exitCode})` : "";
      const message = `${crashed.state?.waiting?.reason}${how}: kubectl logs -n ${namespace} ${pod.metadata.name} --previous`;
      return { reason: "PodsCrashing", message };
    }
  }
  return undefined;
}

function podsUnschedulable({ pods }: Observed): Found | undefined {
  const found = unschedulable(pods);
  if (!found) return undefined;
  const message = `no node takes the pods: ${found.why}. Add room, or change spec.template`;
  return { reason: "PodsUnschedulable", message };
}

const containers = (pod: LivePod) => pod.status?.containerStatuses ?? [];
