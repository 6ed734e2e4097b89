// Hi-lo: is the next rank higher or lower? Wins multiply until the player cashes out. docs/games.md has the contract.
import type { Draws } from "../draws.ts";
import {
  compare,
  type Fraction,
  floorTo,
  fraction,
  mul,
  one,
  parseFraction,
  sub,
  toText,
  zero,
} from "../fraction.ts";
import { type Action, IllegalAction, type Rules, type Tally } from "../game.ts";
import configSchema from "./config.schema.json" with { type: "json" };

/** There is nothing to choose before the first rank is seen. */
export type Bet = Record<string, never>;

export interface Config {
  maxMultiplier: Fraction;
  /** What a won step multiplies by, by its number of winning ranks. */
  factors: readonly Fraction[];
}

export interface State {
  /** 0 … 12, in the order drawn; the last is the current one. */
  readonly ranks: readonly number[];
  readonly product: Fraction;
  readonly won: number;
  readonly skips: number;
  readonly end: "none" | "lost" | "cashOut";
}

export type Guess = "higher" | "lower" | "same";
export type Move = Guess | "skip" | "cashOut";

export const rankNames = ["A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K"];
export const rankCount = rankNames.length;
export const mostSkips = 52;
const [lowest, highest] = [0, rankCount - 1];
/** Ace and king, where one side alone would always win, offer the same rank as the other guess. */
const onAce: readonly Guess[] = ["higher", "same"];
const onKing: readonly Guess[] = ["lower", "same"];
const between: readonly Guess[] = ["higher", "lower"];
const moves: readonly Move[] = ["higher", "lower", "same", "skip", "cashOut"];
const over: readonly Move[] = [];
const lost: Tally = { staked: one, payout: zero };

/** The guesses that a rank offers. */
export function guessesOn(rank: number): readonly Guess[] {
  if (rank === lowest) return onAce;
  return rank === highest ? onKing : between;
}

/** Whether a guess on a rank wins with the next one. */
export function wins(rank: number, guess: Guess, next: number): boolean {
  if (next === rank) return guess === "same" || (rank !== lowest && rank !== highest);
  return guess === (next > rank ? "higher" : "lower");
}

/** How many of the 13 ranks win. */
export function winningRanks(rank: number, guess: Guess): number {
  if (guess === "same") return 1;
  const strict = rank === lowest || rank === highest ? 1 : 0;
  return (guess === "higher" ? rankCount - rank : rank + 1) - strict;
}

export function factorOf(config: Config, rank: number, guess: Guess): Fraction {
  return config.factors[winningRanks(rank, guess)] ?? zero;
}

/** The current rank. */
export function rankOf(state: State): number {
  return state.ranks.at(-1) ?? lowest;
}

/** Whether a win would pay more than any round may. */
function exceeds(config: Config, state: State, guess: Guess): boolean {
  const product = mul(state.product, factorOf(config, rankOf(state), guess));
  return compare(product, config.maxMultiplier) > 0;
}

function legalMoves(config: Config, state: State): readonly Move[] {
  if (state.end !== "none") return over;
  const list: Move[] = guessesOn(rankOf(state)).filter(
    (guess) => state.won > 0 || !exceeds(config, state, guess),
  );
  if (state.skips < mostSkips) list.push("skip");
  if (state.won > 0) list.push("cashOut");
  return list;
}

function guessNext(config: Config, state: State, guess: Guess, draws: Draws): State {
  if (exceeds(config, state, guess)) return { ...state, end: "cashOut" };
  const rank = rankOf(state);
  const next = draws.below(rankCount);
  const ranks = [...state.ranks, next];
  if (!wins(rank, guess, next)) return { ...state, ranks, end: "lost" };
  const product = mul(state.product, factorOf(config, rank, guess));
  return { ...state, ranks, product, won: state.won + 1 };
}

function illegal(action: Action, legal: readonly Move[]): IllegalAction {
  const message = `${action.type} is not allowed now: choose one of ${legal.join(", ")}`;
  return new IllegalAction({ pointer: "/type", message });
}

export const hiLo: Rules<Config, Bet, State> = {
  name: "hi-lo",
  version: "1.0.0",
  configSchema,

  actionSchema: {
    type: "object",
    additionalProperties: false,
    required: ["type"],
    properties: { type: { enum: [...moves] } },
  },

  prepare(config) {
    const { edge, rounding, maxMultiplier } = config as {
      edge: string;
      rounding: number;
      maxMultiplier: string;
    };
    const kept = sub(one, parseFraction(edge));
    if (kept.n <= 0n) {
      const message = "the house cannot keep the whole stake: give an edge below 1";
      return { problems: [{ pointer: "/edge", message }] };
    }
    const factors = Array.from({ length: rankCount }, (_, winning) =>
      winning === 0 ? zero : floorTo(mul(kept, fraction(rankCount, winning)), rounding),
    );
    // Of a 7 both guesses have seven winning ranks, every other rank has a guess that pays less.
    const least = factors[winningRanks(6, "higher")] ?? zero;
    const most = parseFraction(maxMultiplier);
    if (compare(most, least) < 0) {
      const message = `a 7 could not be played: give at least ${toText(least)}, what its guesses pay`;
      return { problems: [{ pointer: "/maxMultiplier", message }] };
    }
    return { config: { maxMultiplier: most, factors } };
  },

  betSchema: () => ({ type: "object", additionalProperties: false, properties: {} }),
  checkBet: () => [],
  bound: (config) => config.maxMultiplier,
  maxMultiplier: (config) => config.maxMultiplier,

  start: (_, _bet, draws) => ({
    ranks: [draws.below(rankCount)],
    product: one,
    won: 0,
    skips: 0,
    end: "none",
  }),

  act(config, state, action, draws, taken) {
    // Before the first won guess only the default may cash out: it loses the stake.
    if (action.type === "cashOut" && taken.by === "default") return { ...state, end: "cashOut" };
    const legal = legalMoves(config, state);
    const move = legal.find((it) => it === action.type);
    switch (move) {
      case undefined:
        throw illegal(action, legal);
      case "cashOut":
        return { ...state, end: "cashOut" };
      case "skip":
        return {
          ...state,
          ranks: [...state.ranks, draws.below(rankCount)],
          skips: state.skips + 1,
        };
      default:
        return guessNext(config, state, move, draws);
    }
  },

  legalActions: legalMoves,
  defaultAction: () => ({ type: "cashOut" }),

  tally: (_, { end, won, product }) =>
    end === "cashOut" && won > 0 ? { staked: one, payout: product } : lost,

  outcome: (_, state) => ({ ranks: state.ranks.map((rank) => rankNames[rank] ?? "") }),
};
