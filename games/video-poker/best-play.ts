// The best way to hold, exactly, for one paytable.
import { type Fraction, fraction, lcm, mul, toNumber } from "../fraction.ts";
import { countsContaining } from "./containing.ts";
import { classCount } from "./hands.ts";
import {
  countHolds,
  drawsAfter,
  type Hold,
  holdAll,
  holdCount,
  kept,
  preference,
} from "./holds.ts";

/** Doubles decide where values differ by more than this share; closer ones are compared in integers. */
const doubtful = 1e-12;

export class BestPlay {
  readonly #table = countsContaining();
  readonly #counts = new Int32Array(holdCount * classCount);
  readonly #values = new Float64Array(holdCount);
  /** The paytable in units of one common denominator. */
  readonly #unit: bigint;
  readonly #pays: readonly bigint[];
  readonly #weights: readonly number[];

  constructor(pays: readonly Fraction[]) {
    this.#unit = pays.reduce((common, { d }) => lcm(common, d), 1n);
    this.#pays = pays.map(({ n, d }) => (n * this.#unit) / d);
    this.#weights = pays.map(toNumber);
  }

  /** Counts by hold and class for these cards; overwritten by the next ones. */
  countsOf(cards: readonly number[]): Int32Array {
    return countHolds(this.#table, cards, this.#counts);
  }

  /** What a hold of these cards is worth. */
  valueOf(cards: readonly number[], hold: Hold): Fraction {
    const paid = this.#paid(this.countsOf(cards), hold);
    return mul(fraction(paid, this.#unit), fraction(1, drawsAfter[hold] ?? 1));
  }

  /** The best hold; among equals most cards, then leftmost. */
  best(cards: readonly number[]): Hold {
    const equals = new Set(this.equals(this.countsOf(cards)));
    return preference.find((hold) => equals.has(hold)) ?? holdAll;
  }

  /** All holds that are worth as much as any, from the counts of some cards. */
  equals(counts: Int32Array): Hold[] {
    const highest = this.#estimate(counts);
    const close: Hold[] = [];
    for (let hold = 0; hold < holdCount; hold++) {
      if ((this.#values[hold] ?? 0) >= highest * (1 - doubtful)) close.push(hold);
    }
    if (close.length === 1) return close;
    let best: Hold[] = [];
    for (const hold of close) {
      const [first] = best;
      const lead = first === undefined ? 1 : this.#compare(counts, hold, first);
      if (lead === 0) best.push(hold);
      if (lead > 0) best = [hold];
    }
    return best;
  }

  /** The values of all holds as doubles, and the highest. Every term is positive: errors stay relative. */
  #estimate(counts: Int32Array): number {
    let highest = 0;
    for (let hold = 0; hold < holdCount; hold++) {
      let sum = 0;
      for (let c = 0; c < classCount; c++) {
        sum += (counts[hold * classCount + c] ?? 0) * (this.#weights[c] ?? 0);
      }
      const value = sum / (drawsAfter[hold] ?? 1);
      this.#values[hold] = value;
      if (value > highest) highest = value;
    }
    return highest;
  }

  /** Positive where hold a is worth more than b, 0 where both are worth the same. */
  #compare(counts: Int32Array, a: Hold, b: Hold): number {
    if (sameHands(counts, a, b)) return 0;
    const left = this.#paid(counts, a) * BigInt(drawsAfter[b] ?? 1);
    const right = this.#paid(counts, b) * BigInt(drawsAfter[a] ?? 1);
    return left === right ? 0 : Number(left > right) - Number(left < right);
  }

  /** What all draws after a hold pay together, in units. */
  #paid(counts: Int32Array, hold: Hold): bigint {
    return this.#pays.reduce(
      (sum, pay, c) => sum + pay * BigInt(counts[hold * classCount + c] ?? 0),
      0n,
    );
  }
}

/** Whether two holds end in the same hands equally often. */
export function sameHands(counts: Int32Array, a: Hold, b: Hold): boolean {
  if (kept[a] !== kept[b]) return false;
  for (let c = 0; c < classCount; c++) {
    if (counts[a * classCount + c] !== counts[b * classCount + c]) return false;
  }
  return true;
}
