/** What a jackpot must do, in exact fractions: the tests hold the sequencer against it. */
import {
  add,
  compare,
  type Fraction,
  floor,
  fraction,
  min,
  mul,
  one,
  parseFraction,
  sub,
  zero,
} from "../../games/fraction.ts";
import type { TermsText } from "../../operator/database/jackpots.ts";

export interface Contributed {
  readonly debit: bigint;
  readonly hit: boolean;
  /** Those that the bet was made by. */
  readonly terms: TermsText;
}

export interface ModelWin {
  /** Counted from 0. */
  readonly at: number;
  readonly amount: bigint;
}

export function ceil(value: Fraction): bigint {
  return -floor(fraction(-value.n, value.d));
}

/** Amounts in minor units. */
export class JackpotModel {
  pool: Fraction;
  overflow: Fraction = zero;
  contributions: Fraction = zero;
  seeds = 0n;
  roundings: Fraction = zero;
  readonly wins: ModelWin[] = [];
  readonly pools: Fraction[] = [];
  readonly openings: Fraction[] = [];
  terms: TermsText;
  pending: TermsText | undefined;

  constructor(terms: TermsText) {
    this.terms = terms;
    this.pool = this.#open();
  }

  /** `threshold` of the pool that is played for, where it has one. */
  contribute({ debit, hit, terms }: Contributed, threshold: bigint | undefined): void {
    const whole = mul(fraction(debit), parseFraction(terms.contribution));
    const toPool = mul(whole, sub(one, parseFraction(terms.overflowShare)));
    const reached = min(fraction(BigInt(this.terms.ceiling)), add(this.pool, toPool));
    this.overflow = add(this.overflow, sub(whole, sub(reached, this.pool)));
    this.contributions = add(this.contributions, whole);
    this.pool = reached;
    this.pools.push(reached);
    const crossed = threshold !== undefined && compare(reached, fraction(threshold)) >= 0;
    if (hit || crossed) this.#win();
  }

  #win(): void {
    const amount = ceil(this.pool);
    this.wins.push({ at: this.pools.length - 1, amount });
    this.roundings = add(this.roundings, sub(fraction(amount), this.pool));
    this.terms = this.pending ?? this.terms;
    this.pending = undefined;
    this.pool = this.#open();
  }

  #open(): Fraction {
    const { seed, ceiling, mustHitBy } = this.terms;
    const most = mustHitBy === undefined ? BigInt(ceiling) : BigInt(mustHitBy) - 1n;
    const fed = min(this.overflow, fraction(most - BigInt(seed)));
    this.overflow = sub(this.overflow, fed);
    this.seeds += BigInt(seed);
    const opening = add(fraction(BigInt(seed)), fed);
    this.openings.push(opening);
    return opening;
  }
}
