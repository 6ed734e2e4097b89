import type { Game } from "../../../crds/generated/game.ts";
import { type Child, childMeta } from "./child.ts";
import { childName, selectorLabels } from "./names.ts";

/** Lets a node be drained, one pod of the game at a time. */
export function buildDisruptionBudget(game: Game): Child {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: childMeta(game, childName(game)),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorLabels(game) },
      // A pod that serves nobody must not hold up a drain.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}
