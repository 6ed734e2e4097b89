import { add, compare, type Fraction, fraction, mul, sub, zero } from "../fraction.ts";
import { halvesOf, type Line } from "./line.ts";
import { type Config, type Hand, type Move, movesOf } from "./moves.ts";
import { type Points, pointsOf } from "./points.ts";
import {
  certain,
  draw,
  nothing,
  powers,
  ranks,
  type Spread,
  sum,
  times,
  values,
  waysOf,
  weighed,
} from "./spread.ts";

/** What hands are played against. */
export interface Against {
  readonly config: Config;
  /** The dealer's totals by `totalIndex`, without a blackjack. */
  readonly dealer: Spread;
  /** In which share of the cases a stake beyond the first is put down. */
  readonly cost: Fraction;
  /** The best of the moves that leave the hand one hand. */
  bestLine(legal: readonly Move[], points: Points): Line;
}

/** Hands that are left at the end of all splitting. */
interface End {
  kept: number;
  mixed: number;
  /** In how many ways so many cards came that made a pair again. */
  ways: bigint;
  pairCards: number;
}

const ace = 1;

/** A hand of cards with these values; which ten, and which suit, is all the same. */
function handOf(first: number, second: number): Hand {
  return { cards: [first - 1, second - 1], doubled: false };
}

/** The hands that come from splitting a pair of one value. All are alike, but their number limits further splits. */
export class Pair {
  readonly #against: Against;
  readonly #value: number;
  /** Whether a pair that comes after a split may be split too. */
  readonly #again: boolean;
  /** A pair that is not split. */
  readonly #kept: Line;
  /** Two cards that are no pair, by the value of the second. */
  readonly #mixed = new Map<number, Line>();
  /** Of the two cards that a split draws, in how many ways 0, 1 or 2 make a pair. */
  readonly #pairWays: readonly bigint[];
  readonly #worth = new Map<string, Fraction>();

  constructor(against: Against, value: number) {
    const { config } = against;
    const ways = waysOf(value);
    const lineOf = (second: number): Line => {
      const hand = handOf(value, second);
      const legal = movesOf(config, [hand, handOf(value, value)], 0);
      return against.bestLine(legal, pointsOf(hand.cards));
    };
    this.#against = against;
    this.#value = value;
    this.#again = value !== ace || config.resplitAces;
    this.#kept = lineOf(value);
    for (const second of values) if (second !== value) this.#mixed.set(second, lineOf(second));
    this.#pairWays = [1n, 2n * ways, ways ** 2n];
  }

  /** The worth of so many such pairs, with so many splits left for all of them together. */
  worth(pairs: number, splitsLeft: number): Fraction {
    if (pairs === 0) return zero;
    const key = `${pairs} ${splitsLeft}`;
    const known = this.#worth.get(key);
    if (known) return known;
    const kept = add(this.#kept.value, this.worth(pairs - 1, splitsLeft));
    const split = splitsLeft > 0 ? this.splitWorth(pairs - 1, splitsLeft) : kept;
    const worth = compare(split, kept) > 0 ? split : kept;
    this.#worth.set(key, worth);
    return worth;
  }

  /** The worth of splitting one pair while others wait. */
  splitWorth(waiting: number, splitsLeft: number): Fraction {
    let worth = sub(zero, this.#against.cost);
    for (const [second, { value }] of this.#mixed) {
      worth = add(worth, mul(value, fraction(2n * waysOf(second), ranks)));
    }
    const others = ranks - waysOf(this.#value);
    for (const [pairs, ways] of this.#pairWays.entries()) {
      const chance = fraction(ways * others ** BigInt(2 - pairs), ranks ** 2n);
      worth = add(worth, mul(chance, this.worth(waiting + pairs, this.#left(splitsLeft))));
    }
    return worth;
  }

  /** What a split pays in halves of the first stake, over all cases without a dealer's blackjack. */
  payouts(splitsLeft: number): Spread {
    const ends = this.#ends(splitsLeft);
    let all = nothing;
    for (const [dealer, ways] of this.#against.dealer.ways.entries()) {
      if (ways === 0n) continue;
      const mixedHand = draw((second) => {
        const line = this.#mixed.get(second);
        return line && halvesOf(line, dealer);
      });
      const kept = powers(halvesOf(this.#kept, dealer), splitsLeft + 1);
      const mixed = powers(mixedHand, splitsLeft + 1);
      for (const end of ends) {
        const hands = times(kept[end.kept] ?? certain(0), mixed[end.mixed] ?? certain(0));
        const cards = end.pairCards + this.#against.dealer.cards;
        all = sum(all, weighed(hands, ways * end.ways, cards));
      }
    }
    return all;
  }

  #left(splitsLeft: number): number {
    return this.#again ? splitsLeft - 1 : 0;
  }

  /**
   * How the splitting can end. Each split wins or loses the same, however many are left, so that either all pairs
   * are split again while there are splits left, or none.
   */
  #ends(splitsLeft: number): End[] {
    const gains = compare(this.splitWorth(0, 1), this.#kept.value) > 0;
    const ends = new Map<string, End>();
    const split = (open: Omit<End, "ways">, left: number, ways: bigint): void => {
      for (const [pairs, cases] of this.#pairWays.entries()) {
        const kept = open.kept - 1 + pairs;
        const mixed = open.mixed + 2 - pairs;
        const next = { kept, mixed, pairCards: open.pairCards + pairs };
        if (kept > 0 && left > 0 && gains) {
          split(next, this.#left(left), ways * cases);
          continue;
        }
        const key = `${kept} ${mixed}`;
        ends.set(key, { ...next, ways: (ends.get(key)?.ways ?? 0n) + ways * cases });
      }
    };
    split({ kept: 1, mixed: 0, pairCards: 0 }, this.#left(splitsLeft), 1n);
    return [...ends.values()];
  }
}
