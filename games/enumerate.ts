// Exact distributions from the rules themselves: every sequence of draws, with its probability.
import { chooseFrom, type Draws, shuffleFrom } from "./draws.ts";
import { add, type Fraction, fraction, mul, one, sub, toText, zero } from "./fraction.ts";
import type { Json, ReturnEntry } from "./game.ts";

export interface Outcome {
  multiplier: Fraction;
  probability: Fraction;
}

/** Draws that walk through all results, in order: the last draw changes fastest, as on an odometer. */
class Odometer implements Draws {
  readonly #dials: { value: number; n: number }[] = [];
  #place = 0;

  below(n: number): number {
    if (n === 1) return 0;
    const dial = this.#dials[this.#place] ?? { value: 0, n };
    this.#dials[this.#place] = dial;
    this.#place += 1;
    return dial.value;
  }

  belowBig(n: bigint): bigint {
    return BigInt(this.below(Number(n)));
  }

  shuffle(n: number): number[] {
    return shuffleFrom(this, n);
  }

  choose(n: number, k: number): number[] {
    return chooseFrom(this, n, k);
  }

  get probability(): Fraction {
    return fraction(
      1n,
      this.#dials.reduce((product, { n }) => product * BigInt(n), 1n),
    );
  }

  /** Turns to the next sequence; false after the last. */
  turn(): boolean {
    this.#place = 0;
    for (;;) {
      const last = this.#dials.at(-1);
      if (!last) return false;
      last.value += 1;
      if (last.value < last.n) return true;
      this.#dials.pop();
    }
  }
}

/** Runs a function of draws once for every possible sequence of draws. */
export function* enumerate<T>(
  run: (draws: Draws) => T,
): Generator<{ value: T; probability: Fraction }> {
  const draws = new Odometer();
  do {
    const value = run(draws);
    yield { value, probability: draws.probability };
  } while (draws.turn());
}

/** Adds up equal multipliers, in the order in which they first come. */
export function gather(outcomes: Iterable<Outcome>): Outcome[] {
  const sums = new Map<string, Outcome>();
  for (const { multiplier, probability } of outcomes) {
    const sum = sums.get(toText(multiplier))?.probability ?? zero;
    sums.set(toText(multiplier), { multiplier, probability: add(sum, probability) });
  }
  return [...sums.values()];
}

/** A win of one size with one probability, and nothing otherwise. */
export function winOrNothing(multiplier: Fraction, probability: Fraction): Outcome[] {
  return [
    { multiplier, probability },
    { multiplier: zero, probability: sub(one, probability) },
  ];
}

/** The figures of a bet from the distribution of its payout. */
export function returnEntry(bet: Json, outcomes: readonly Outcome[], side = false): ReturnEntry {
  let [rtp, square, hitRate] = [zero, zero, zero];
  for (const { multiplier, probability } of outcomes) {
    const share = mul(multiplier, probability);
    rtp = add(rtp, share);
    square = add(square, mul(multiplier, share));
    if (multiplier.n > 0n) hitRate = add(hitRate, probability);
  }
  return { bet, side, outcomes, rtp, variance: sub(square, mul(rtp, rtp)), hitRate };
}
