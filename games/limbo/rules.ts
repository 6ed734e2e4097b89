// Limbo: the player names a multiplier, and the one drawn must reach it. docs/games.md has the contract.
import type { Draws } from "../draws.ts";
import { type Fraction, fraction, mul, one, parseFraction, zero } from "../fraction.ts";
import { IllegalAction, type Problem, type Rules, type Tally } from "../game.ts";
import configSchema from "./config.schema.json" with { type: "json" };

export interface Bet {
  /** Two decimals: "2.00". */
  target: string;
}

export interface Config {
  edge: Fraction;
  /** In hundredths. */
  maxTarget: number;
  odds: WeakMap<Bet, Odds>;
}

/** What a bet wins with, worked out once for each. */
interface Odds {
  winning: number;
  won: Tally;
}

export interface State {
  /** 1 … 2^52. */
  readonly u: number;
  readonly tally: Tally;
}

export const drawn = 2 ** 52;
/** 1.01 in hundredths. */
export const leastTarget = 101;
const nothingToDo: readonly string[] = [];
const lost: Tally = { staked: one, payout: zero };

export const targetSchema = {
  type: "string",
  maxLength: 13,
  pattern: "^[1-9][0-9]{0,9}\\.[0-9]{2}$",
  description: 'a multiplier from 1.01 on, with two decimals, such as "2.00"',
};

export function hundredths(target: string): number {
  return Number(target.replace(".", ""));
}

/** 150 is "1.50". */
export function multiplierText(inHundredths: number | bigint): string {
  const digits = String(inHundredths).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** u of the contract: uniform over 1 … 2^52. */
export function drawU(draws: Draws): number {
  return draws.below(drawn) + 1;
}

/** floor((1 − edge) · 2^52 / divisor), with the divisor in hundredths. */
function share(edge: Fraction, divisor: number): bigint {
  return ((edge.d - edge.n) * BigInt(drawn) * 100n) / (edge.d * BigInt(divisor));
}

/** How many of the 2^52 values of u win this multiplier: u · m ≤ (1 − edge) · 2^52. They are the lowest. */
export function winningDraws(edge: Fraction, multiplier: number): number {
  return Number(share(edge, multiplier));
}

/** The largest multiplier that u wins, in hundredths; below 100 nothing can be won. */
export function reach(edge: Fraction, u: number): bigint {
  return share(edge, u);
}

/** The multiplier that is shown: never below 1.00. */
export function shownMultiplier(edge: Fraction, u: number): string {
  const reached = reach(edge, u);
  return multiplierText(reached < 100n ? 100n : reached);
}

/** The configuration's edge, or what is wrong with it. */
export function readEdge(text: string): { edge: Fraction; problems: Problem[] } {
  const edge = parseFraction(text);
  const message = "the house cannot keep the whole stake: give an edge below 1";
  return { edge, problems: edge.n < edge.d ? [] : [{ pointer: "/edge", message }] };
}

/** The largest target in hundredths, or what is wrong with it. */
export function readLargest(
  text: string,
  pointer: string,
): { largest: number; problems: Problem[] } {
  const { n, d } = mul(parseFraction(text), fraction(100));
  const largest = Number(n / d);
  const message = `"${text}" is no multiplier that can be aimed at: give 1.01 or more, with two decimals at most`;
  return { largest, problems: d === 1n && largest >= leastTarget ? [] : [{ pointer, message }] };
}

/** Targets lie between 1.01 and the largest. */
export function targetProblems(target: string, largest: number, pointer: string): Problem[] {
  const value = hundredths(target);
  if (value >= leastTarget && value <= largest) return [];
  const message = `"${target}" is out of range: choose a target of 1.01 … ${multiplierText(largest)}`;
  return [{ pointer, message }];
}

function oddsOf(config: Config, bet: Bet): Odds {
  const known = config.odds.get(bet);
  if (known) return known;
  const target = hundredths(bet.target);
  const odds = {
    winning: winningDraws(config.edge, target),
    won: { staked: one, payout: fraction(target, 100) },
  };
  config.odds.set(bet, odds);
  return odds;
}

export const limbo: Rules<Config, Bet, State> = {
  name: "limbo",
  version: "1.0.0",
  configSchema,
  actionSchema: null,

  prepare(config) {
    const texts = config as { edge: string; maxTarget: string };
    const { edge, problems: edgeFaults } = readEdge(texts.edge);
    const { largest, problems } = readLargest(texts.maxTarget, "/maxTarget");
    const faults = [...edgeFaults, ...problems];
    if (faults.length > 0) return { problems: faults };
    return { config: { edge, maxTarget: largest, odds: new WeakMap() } };
  },

  betSchema: () => ({
    type: "object",
    additionalProperties: false,
    required: ["target"],
    properties: { target: targetSchema },
  }),

  checkBet: (config, bet) => targetProblems(bet.target, config.maxTarget, "/target"),
  bound: (config, bet) => oddsOf(config, bet).won.payout,
  maxMultiplier: (config) => fraction(config.maxTarget, 100),

  start(config, bet, draws) {
    const u = drawU(draws);
    const { winning, won } = oddsOf(config, bet);
    return { u, tally: u <= winning ? won : lost };
  },

  act() {
    throw new IllegalAction({ pointer: "/type", message: "the round is over" });
  },

  legalActions: () => nothingToDo,

  defaultAction() {
    throw new Error("a round of limbo is over when it starts");
  },

  tally: (_, state) => state.tally,
  outcome: (config, state) => ({ multiplier: shownMultiplier(config.edge, state.u) }),
};
