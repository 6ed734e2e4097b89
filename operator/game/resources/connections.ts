import type { GameSpec } from "../../../crds/generated/game.ts";

// A rolling update runs one pod more than the Game asks for.
const SURGE = 1;

/** The most pods that a Game ever runs, the extra one of a rolling update included. */
export function mostPods({ replicas, autoscaling }: Pick<GameSpec, "replicas" | "autoscaling">) {
  return (autoscaling?.max ?? replicas ?? 1) + SURGE;
}

/**
 * The connections for rounds of one pod, so that all pods together keep within the Game's budget.
 * Each pod holds one connection more, to listen; it comes out of the same share.
 */
export function poolSize(budget: number, pods: number): number {
  return Math.max(1, Math.floor(budget / pods) - 1);
}

/** The CONNECTION LIMIT of the game's role: the budget, or what so many pods need at the least. */
export function connectionLimit(budget: number, pods: number): number {
  return Math.max(budget, (poolSize(budget, pods) + 1) * pods);
}
