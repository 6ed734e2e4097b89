import type { Game } from "../../crds/generated/game.ts";
import type { Client } from "../kube/client.ts";
import type { KubeObject, ManagedFields } from "../kube/object.ts";
import type { Child } from "../platform/child.ts";
import { kinds } from "../platform/kinds.ts";
import type { LiveDeployment } from "./live.ts";

/**
 * The Deployment as it is to be applied. A fixed number of pods is the Game's own. Under an
 * autoscaler the number is handed over: as long as nobody else owns the field, leaving it out would
 * set it back to 1, so the live number is applied again, and only to the version it was read from;
 * once the autoscaler owns it, it is left alone for good.
 */
export async function withReplicas(
  client: Client,
  game: Game,
  desired: Child,
  cached: KubeObject | undefined,
): Promise<Child> {
  const { autoscaling } = game.spec;
  if (!autoscaling) return desired;
  if (!cached) return setReplicas(desired, autoscaling.min);
  const { name, namespace } = cached.metadata;
  const live = await client.find<LiveDeployment>(kinds.deployment, { name, namespace });
  if (!live) return setReplicas(desired, autoscaling.min);
  if (ownedByAutoscaler(live.metadata.managedFields ?? [])) return desired;
  // At 0 an autoscaler does nothing.
  const applied = setReplicas(desired, live.spec.replicas || autoscaling.min);
  const { resourceVersion } = live.metadata;
  if (!resourceVersion) return applied;
  return { ...applied, metadata: { ...applied.metadata, resourceVersion } };
}

function setReplicas(desired: Child, replicas: number): Child {
  return { ...desired, spec: { ...(desired["spec"] as object), replicas } };
}

/** Has somebody set the number of pods through the scale subresource, as autoscalers do? */
export function ownedByAutoscaler(entries: readonly ManagedFields[]): boolean {
  return entries.some(({ subresource, fieldsV1 }) => {
    const spec = fieldsV1?.["f:spec"];
    const owned = typeof spec === "object" && spec !== null && "f:replicas" in spec;
    return subresource === "scale" && owned;
  });
}
