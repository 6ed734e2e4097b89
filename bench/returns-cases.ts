import type { Json } from "../games/game.ts";
import { engines } from "../games/index.ts";
import { everySlotsPart, exampleConfig, madeUpSlots, madeUpWeights } from "./example-games.ts";

const GOAL_SECONDS = 1;
const LARGE_GOAL_SECONDS = 10;
/** Slots with 5 reels of 32 stops are meant: the example is such a machine. */
const LARGE = new Set(["slots", "blackjack", "video-poker"]);

export interface Case {
  readonly of: string;
  readonly engine: string;
  readonly config: Json;
  readonly goalSeconds: number;
}

const blackjack = {
  soft17: "hit",
  doubleAfterSplit: true,
  doubleOn: "any",
  maxHands: 8,
  hitSplitAces: true,
  resplitAces: true,
  surrender: "late",
  insurance: true,
  peek: true,
};

/** Every example Game, and configurations larger than the examples. */
export function returnsCases(): Case[] {
  const examples = [...engines.keys()].map((engine) => ({
    of: `${engine}: its example`,
    engine,
    config: exampleConfig(engine),
    goalSeconds: LARGE.has(engine) ? LARGE_GOAL_SECONDS : GOAL_SECONDS,
  }));
  const large = { goalSeconds: LARGE_GOAL_SECONDS };
  const slots = { engine: "slots", ...large };
  const made = madeUpSlots(5, 32, 20);
  return [
    ...examples,
    { of: "slots: 5 × 32, 20 lines, nothing optional", ...slots, config: made },
    {
      of: "slots: 5 × 32, 20 lines, every optional part",
      ...slots,
      config: { ...made, ...everySlotsPart },
    },
    { of: "slots: 5 × 4 weighted cells, 20 lines", ...slots, config: madeUpWeights(5, 20) },
    { of: "blackjack: every option on, 8 hands", engine: "blackjack", config: blackjack, ...large },
  ];
}
