import type { Fraction } from "../fraction.ts";
import type { Move } from "./moves.ts";
import { goal, type Points, totalOf } from "./points.ts";
import type { Spread } from "./spread.ts";

export interface Option {
  readonly move: Move;
  /**
   * The expected payout less what is staked beyond the first stake, in first stakes. Cases with a dealer's
   * blackjack add nothing to the payout, so that the chances of all cases are those before any peek.
   */
  readonly value: Fraction;
}

/** A way to play one hand to its end. */
export interface Line extends Option {
  /** By `totalIndex`. */
  readonly totals: Spread;
  readonly stake: 1n | 2n;
}

const lowestStand = 17;

/** Where a hand stands: 0 bust, 1 below 17, then 17 … 21. */
export function totalIndex(points: Points): number {
  const total = totalOf(points);
  return total > goal ? 0 : Math.max(total, lowestStand - 1) - (lowestStand - 2);
}

/** What a player's total pays for each unit staked on it, against the dealer's. */
export function payFactor(total: number, dealer: number): 0 | 1 | 2 {
  if (total === 0) return 0;
  if (dealer === 0 || total > dealer) return 2;
  return total === dealer ? 1 : 0;
}

/** The payout of one hand against the dealer's total, in halves of the first stake. */
export function halvesOf({ totals, stake }: Line, dealer: number): Spread {
  const ways: bigint[] = Array(9).fill(0n);
  for (const [total, count] of totals.ways.entries()) {
    const halves = 2 * Number(stake) * payFactor(total, dealer);
    ways[halves] = (ways[halves] ?? 0n) + count;
  }
  return { ways, cards: totals.cards };
}
