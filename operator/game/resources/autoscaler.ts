import type { Game } from "../../../crds/generated/game.ts";
import { type Child, childMeta } from "./child.ts";
import { childName } from "./names.ts";

/** Follows the load, where the Game asks for it. */
export function buildAutoscaler(game: Game): Child | undefined {
  const { autoscaling } = game.spec;
  if (!autoscaling) return undefined;
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: childMeta(game, childName(game)),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: childName(game) },
      minReplicas: autoscaling.min,
      maxReplicas: autoscaling.max,
      metrics: [
        {
          type: "Resource",
          resource: {
            name: "cpu",
            target: { type: "Utilization", averageUtilization: autoscaling.targetCPU },
          },
        },
      ],
    },
  };
}
