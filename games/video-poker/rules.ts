// Video poker: five cards, one draw, paid by a table. docs/games.md has the contract.
import { type Fraction, max, one, parseFraction, zero } from "../fraction.ts";
import { type Action, IllegalAction, type Rules, type Tally } from "../game.ts";
import { BestPlay } from "./best-play.ts";
import configSchema from "./config.schema.json" with { type: "json" };
import { handSize } from "./containing.ts";
import { type ClassName, classNames, classOf } from "./hands.ts";
import type { Hold } from "./holds.ts";

/** There is nothing to choose before the cards are dealt. */
export type Bet = Record<string, never>;

export interface Config {
  /** By class, the best first. */
  pays: readonly Fraction[];
  tallies: readonly Tally[];
  /** Made when a decision is first judged: most of it does not depend on the cards. */
  bestPlay: BestPlay | undefined;
}

export interface State {
  /** The deck from the top. Beyond the first five it is hidden until the player has held. */
  readonly deck: readonly number[];
  /** The final hand once the player has held. */
  readonly final: readonly number[] | undefined;
}

const toHoldOnce: readonly string[] = ["hold"];
const over: readonly string[] = [];
const lost: Tally = { staked: one, payout: zero };

/** The cards that the player decides on. */
export function dealtOf(state: State): number[] {
  return state.deck.slice(0, handSize);
}

export function toMask(action: Action): Hold {
  const held = action["hold"] as boolean[];
  return held.reduce((mask, keep, i) => mask | (Number(keep) << i), 0);
}

export function toHold(mask: Hold): boolean[] {
  return Array.from({ length: handSize }, (_, i) => ((mask >> i) & 1) === 1);
}

export function bestPlayOf(config: Config): BestPlay {
  config.bestPlay ??= new BestPlay(config.pays);
  return config.bestPlay;
}

/** Discarded cards are replaced from left to right by the sixth card of the deck and those after it. */
function replace(state: State, hold: Hold): number[] {
  const replacements = state.deck.slice(handSize);
  return dealtOf(state).map((card, i) => {
    return ((hold >> i) & 1) === 1 ? card : (replacements.shift() ?? card);
  });
}

export const videoPoker: Rules<Config, Bet, State> = {
  name: "video-poker",
  version: "1.0.0",
  configSchema,

  actionSchema: {
    type: "object",
    additionalProperties: false,
    required: ["type", "hold"],
    properties: {
      type: { enum: ["hold"] },
      hold: {
        type: "array",
        minItems: handSize,
        maxItems: handSize,
        items: { type: "boolean" },
        description: "for each of the five cards whether it is kept",
      },
    },
  },

  prepare(config) {
    const { paytable } = config as { paytable: Record<ClassName, string> };
    const pays = classNames.map((name) => parseFraction(paytable[name]));
    const tallies = [...pays.map((payout) => ({ staked: one, payout })), lost];
    return { config: { pays, tallies, bestPlay: undefined } };
  },

  betSchema: () => ({ type: "object", additionalProperties: false, properties: {} }),
  checkBet: () => [],
  // Every class can be held or drawn, so that the bound is always reached by some round.
  bound: (config) => config.pays.reduce(max),
  maxMultiplier: (config) => config.pays.reduce(max),

  start: (_, _bet, draws) => ({ deck: draws.shuffle(52), final: undefined }),

  act(_, state, action) {
    if (state.final) throw new IllegalAction({ pointer: "/type", message: "the round is over" });
    return { ...state, final: replace(state, toMask(action)) };
  },

  legalActions: (_, state) => (state.final ? over : toHoldOnce),
  defaultAction: () => ({ type: "hold", hold: toHold((1 << handSize) - 1) }),

  tally(config, state) {
    return (state.final && config.tallies[classOf(state.final)]) || lost;
  },

  outcome(_, state) {
    const dealt = dealtOf(state);
    return state.final ? { dealt, final: [...state.final] } : { dealt };
  },
};
