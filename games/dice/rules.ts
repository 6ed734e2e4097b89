// Dice: a roll of 0.00 … 99.99, over or under the player's target. docs/games.md has the contract.
import {
  type Fraction,
  floorTo,
  fraction,
  mul,
  one,
  parseFraction,
  sub,
  zero,
} from "../fraction.ts";
import { IllegalAction, type Problem, type Rules, type Tally } from "../game.ts";
import configSchema from "./config.schema.json" with { type: "json" };

/** One of the two, in hundredths with two decimals: "50.50". */
export interface Bet {
  over?: string;
  under?: string;
}

export interface Config {
  edge: Fraction;
  /** The tally of a win by its number of winning rolls, made when first asked for. */
  wins: (Tally | undefined)[];
}

export interface State {
  /** In hundredths. */
  readonly roll: number;
  readonly tally: Tally;
}

export const rolls = 10_000;
export const mostWinningRolls = 9_800;
const multiplierDecimals = 4;
const nothingToDo: readonly string[] = [];
const lost: Tally = { staked: one, payout: zero };

const target = {
  type: "string",
  pattern: "^(0|[1-9][0-9]?)\\.[0-9]{2}$",
  description: 'a roll with two decimals, such as "50.50"',
};

function hundredths(text: string): number {
  return Number(text.replace(".", ""));
}

/** How many of the 10,000 rolls win. */
export function winningRolls(bet: Bet): number {
  if (bet.under !== undefined) return hundredths(bet.under);
  return rolls - 1 - hundredths(bet.over ?? "");
}

/** Whether this roll, in hundredths, wins. */
export function wins(bet: Bet, roll: number): boolean {
  if (bet.under !== undefined) return roll < hundredths(bet.under);
  return roll > hundredths(bet.over ?? "");
}

/** What a win pays with so many winning rolls: (1 − edge) · 10000 / c, rounded down. */
export function winOf(config: Config, winning: number): Tally {
  const known = config.wins[winning];
  if (known) return known;
  const fair = mul(sub(one, config.edge), fraction(rolls, winning));
  const tally = { staked: one, payout: floorTo(fair, multiplierDecimals) };
  config.wins[winning] = tally;
  return tally;
}

function rollText(roll: number): string {
  return `${Math.floor(roll / 100)}.${String(roll % 100).padStart(2, "0")}`;
}

export const dice: Rules<Config, Bet, State> = {
  name: "dice",
  version: "1.0.0",
  configSchema,
  actionSchema: null,

  prepare(config) {
    const edge = parseFraction((config as { edge: string }).edge);
    if (edge.n >= edge.d) {
      const message = "the house cannot keep the whole stake: give an edge below 1";
      return { problems: [{ pointer: "/edge", message }] };
    }
    return { config: { edge, wins: [] } };
  },

  betSchema: () => ({
    type: "object",
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    properties: { over: target, under: target },
  }),

  checkBet(_, bet): Problem[] {
    const winning = winningRolls(bet);
    if (winning >= 1 && winning <= mostWinningRolls) return [];
    const [pointer, range] =
      bet.under === undefined ? ["/over", "1.99 … 99.98"] : ["/under", "0.01 … 98.00"];
    const message = `${winning} of ${rolls} rolls would win: choose a target of ${range}`;
    return [{ pointer, message }];
  },

  bound: (config, bet) => winOf(config, winningRolls(bet)).payout,
  maxMultiplier: (config) => winOf(config, 1).payout,

  start(config, bet, draws) {
    const roll = draws.below(rolls);
    return { roll, tally: wins(bet, roll) ? winOf(config, winningRolls(bet)) : lost };
  },

  act() {
    throw new IllegalAction({ pointer: "/type", message: "the round is over" });
  },

  legalActions: () => nothingToDo,

  defaultAction() {
    throw new Error("a roll is over when it starts");
  },

  tally: (_, state) => state.tally,
  outcome: (_, state) => ({ roll: rollText(state.roll) }),
};
