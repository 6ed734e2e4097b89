import type { Json } from "../games/game.ts";
import { engines } from "../games/index.ts";
import { exampleConfig, madeUpSlots } from "./example-games.ts";

export interface Case {
  readonly of: string;
  readonly engine: string;
  readonly config: Json;
  /** Rounds a second on one core, where there is a goal. */
  readonly goal?: number;
}

/** Every example Game, and the slot machine that the goal for slots speaks of. */
export function simulateCases(): Case[] {
  const examples = [...engines.keys()].map((engine) => ({
    of: engine,
    engine,
    config: exampleConfig(engine),
    ...(engine === "coin-flip" ? { goal: 10_000_000 } : {}),
  }));
  const threeReels = madeUpSlots(3, 32, 5);
  return [
    ...examples,
    { of: "slots: 3 reels, 5 lines", engine: "slots", config: threeReels, goal: 5_000_000 },
  ];
}
