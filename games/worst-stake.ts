// The Gate's question: at which allowed stake does rounding down to the minor unit cost the player most?
import { add, compare, type Fraction, floor, fraction, lcm, mul, sub, zero } from "./fraction.ts";
import type { ReturnEntry, StakeTerms } from "./game.ts";
import { formatAmount } from "./money.ts";

export interface WorstStake {
  entry: ReturnEntry;
  stake: bigint;
  rtp: Fraction;
  /** The distribution is not known, so this is a bound from below and not the exact return. */
  bound: boolean;
}

/** One paying outcome: `weight` in units of a common probability, the multiplier as a/b. */
interface Payment {
  weight: bigint;
  a: bigint;
  b: bigint;
}

type Stakes = Pick<StakeTerms, "min" | "max" | "step">;

/** The bet and stake with the lowest return, over all allowed stakes; undefined without entries. */
export function worstStake(
  entries: readonly ReturnEntry[],
  stakes: Stakes,
): WorstStake | undefined {
  let worst: WorstStake | undefined;
  for (const entry of entries) worst = worstOf(entry, stakes, worst);
  return worst;
}

function lower(worst: WorstStake | undefined, found: WorstStake): WorstStake {
  return worst && compare(worst.rtp, found.rtp) <= 0 ? worst : found;
}

function worstOf(entry: ReturnEntry, stakes: Stakes, worst: WorstStake | undefined): WorstStake {
  if (!entry.outcomes) {
    const rtp = sub(entry.rtp, mul(entry.hitRate, fraction(1n, stakes.min)));
    return lower(worst, { entry, stake: stakes.min, rtp, bound: true });
  }
  const walk = new Walk(entry, stakes);
  const at = (stake: bigint) => ({ entry, stake, rtp: walk.returnAt(stake), bound: false });
  let lowest = worst ?? at(stakes.min);
  let stake = stakes.min;
  while (stake <= walk.end && compare(walk.floorFrom(stake), lowest.rtp) < 0) {
    const last = walk.lastBeforeJump(stake);
    lowest = lower(lower(lowest, at(stake)), at(last));
    stake = last + stakes.step;
  }
  return lowest;
}

/** The returns of one bet along the allowed stakes. */
class Walk {
  readonly #entry: ReturnEntry;
  readonly #step: bigint;
  readonly #payments: Payment[];
  readonly #unit: bigint;
  readonly #mostLost: Fraction;
  /** What is staked after the first stake, on average: decisions that raise the stake pay for it exactly. */
  readonly #raised: Fraction;
  /** After one full period the same fractions are lost of larger stakes: nothing worse can come. */
  readonly end: bigint;

  constructor(entry: ReturnEntry, { min, max, step }: Stakes) {
    const paying = (entry.outcomes ?? []).filter(({ multiplier }) => multiplier.n > 0n);
    const unit = paying.reduce((common, { probability }) => lcm(common, probability.d), 1n);
    this.#entry = entry;
    this.#step = step;
    this.#unit = unit;
    this.#payments = paying.map(({ multiplier, probability }) => ({
      weight: (probability.n * unit) / probability.d,
      a: multiplier.n,
      b: multiplier.d,
    }));
    this.#mostLost = paying
      .map(({ multiplier: { d }, probability }) => mul(probability, fraction(d - 1n, d)))
      .reduce(add, zero);
    this.#raised = sub(
      paying.map((it) => mul(it.multiplier, it.probability)).reduce(add, zero),
      entry.rtp,
    );
    const period = this.#payments
      .map(({ a, b }) => fraction(step * a, b).d)
      .reduce((common, steps) => lcm(common, steps), 1n);
    const periodEnd = min + (period - 1n) * step;
    this.end = periodEnd < max ? periodEnd : max;
  }

  /** No stake from here on returns less: an outcome loses at most (b − 1) / b of a minor unit. */
  floorFrom(stake: bigint): Fraction {
    return sub(this.#entry.rtp, mul(this.#mostLost, fraction(1n, stake)));
  }

  returnAt(stake: bigint): Fraction {
    const paid = this.#payments.reduce(
      (sum, { weight, a, b }) => sum + weight * ((stake * a) / b),
      0n,
    );
    return sub(fraction(paid, this.#unit * stake), this.#raised);
  }

  /**
   * From this stake on every payout grows by the same amount each step, up to the stake before some outcome's
   * lost fraction wraps around. Between the two the return only rises or only falls, so that its lowest
   * point is at one of the ends: a multiplier such as 1.000001 needs no walk over a million stakes.
   */
  lastBeforeJump(stake: bigint): bigint {
    let steps = (this.end - stake) / this.#step + 1n;
    for (const { a, b } of this.#payments) {
      const grows = (this.#step * a) % b;
      if (grows === 0n) continue;
      const left = b - ((stake * a) % b);
      const wraps = (left + grows - 1n) / grows;
      if (wraps < steps) steps = wraps;
    }
    return stake + (steps - 1n) * this.#step;
  }
}

/** The return in hundredths of a percent, rounded away from the limit that it breaks. */
export function percent(rtp: Fraction, rounding: "down" | "up"): string {
  const hundredths = mul(rtp, fraction(10_000));
  const whole = rounding === "down" ? floor(hundredths) : -floor(sub(zero, hundredths));
  return `${formatAmount(whole, 2)}%`;
}
