// Coin flip: one draw, heads or tails. docs/games.md has the contract.
import { type Fraction, one, parseFraction, zero } from "../fraction.ts";
import { IllegalAction, type Rules, type Tally } from "../game.ts";
import configSchema from "./config.schema.json" with { type: "json" };

export type Side = "heads" | "tails";

export interface Bet {
  side: Side;
}

export interface Config {
  multiplier: Fraction;
  won: Tally;
  lost: Tally;
}

export interface State {
  readonly side: Side;
  readonly tally: Tally;
}

const sides = ["heads", "tails"] as const;
const nothingToDo: readonly string[] = [];

export const coinFlip: Rules<Config, Bet, State> = {
  name: "coin-flip",
  version: "1.0.0",
  configSchema,
  actionSchema: null,

  prepare(config) {
    const multiplier = parseFraction((config as { multiplier: string }).multiplier);
    if (multiplier.n === 0n) {
      const message = "a win must pay something: give a multiplier above 0";
      return { problems: [{ pointer: "/multiplier", message }] };
    }
    const won = { staked: one, payout: multiplier };
    const lost = { staked: one, payout: zero };
    return { config: { multiplier, won, lost } };
  },

  betSchema: () => ({
    type: "object",
    additionalProperties: false,
    required: ["side"],
    properties: { side: { enum: [...sides] } },
  }),

  checkBet: () => [],
  bound: (config) => config.multiplier,
  maxMultiplier: (config) => config.multiplier,

  start(config, bet, draws) {
    const side = draws.below(2) === 0 ? "heads" : "tails";
    return { side, tally: side === bet.side ? config.won : config.lost };
  },

  act() {
    throw new IllegalAction({ pointer: "/type", message: "the round is over" });
  },

  legalActions: () => nothingToDo,

  defaultAction() {
    throw new Error("a coin flip is over when it starts");
  },

  tally: (_, state) => state.tally,
  outcome: (_, state) => ({ side: state.side }),
};
