// The best play of hands against one upcard, by dynamic programming. With an infinite deck a hand's result depends on
// the upcard and on nothing else, so that values of hands add up.
import { add, compare, type Fraction, fraction, mul, one, sub, zero } from "../fraction.ts";
import { type Line, type Option, payFactor, totalIndex } from "./line.ts";
import { type Config, dealerStands, type Hand, type Move } from "./moves.ts";
import { type Against, Pair } from "./pair.ts";
import { cardValue, goal, type Points, plus, pointsOf, totalOf } from "./points.ts";
import { certain, chance, draw, ranks, type Spread } from "./spread.ts";

type OneHandMove = "hit" | "stand" | "double";

const half = fraction(1, 2);
const drawOn: readonly Move[] = ["hit", "stand"];
const nothingToDo: readonly Move[] = [];

/** Computes once for each number of points. */
function remember<T>(compute: (points: Points) => T): (points: Points) => T {
  const known = new Map<number, T>();
  return (points) => {
    const key = points.hard * 2 + Number(points.ace);
    const result = known.get(key) ?? compute(points);
    known.set(key, result);
    return result;
  };
}

/** The first of the highest value: among equal plays the order of the contract decides. */
export function best<T extends Option>(options: readonly T[]): T {
  return options.reduce((most, option) => (compare(option.value, most.value) > 0 ? option : most));
}

/** Where the dealer ends from given points. */
export function dealerTotals(config: Config): (points: Points) => Spread {
  const from = remember((points): Spread => {
    if (dealerStands(config, points)) return certain(totalIndex(points));
    return draw((value) => from(plus(points, value)));
  });
  return from;
}

/** Everything that depends on the upcard. */
export class Upcard implements Against {
  readonly config: Config;
  readonly dealer: Spread;
  readonly noBlackjack: Fraction;
  /** After a peek no blackjack is left: only without one does a dealer's blackjack take doubles and splits. */
  readonly cost: Fraction;
  readonly #pays: readonly bigint[];
  readonly #pairs = new Map<number, Pair>();
  /** The best way on with a hand of more than two cards. */
  readonly #onwards: (points: Points) => Line;

  constructor(config: Config, value: number, dealerFrom: (points: Points) => Spread) {
    const up = pointsOf([value - 1]);
    const noBlackjack = (hole: number) => totalOf(plus(up, hole)) !== goal;
    this.config = config;
    this.dealer = draw((hole) => (noBlackjack(hole) ? dealerFrom(plus(up, hole)) : undefined));
    const cases = this.dealer.ways.reduce((all, ways) => all + ways, 0n);
    this.noBlackjack = chance(cases, this.dealer.cards);
    this.cost = config.peek ? this.noBlackjack : one;
    this.#pays = [0, 1, 2, 3, 4, 5, 6].map((total) =>
      this.dealer.ways.reduce((sum, ways, it) => sum + ways * BigInt(payFactor(total, it)), 0n),
    );
    this.#onwards = remember((points) =>
      this.bestLine(totalOf(points) < goal ? drawOn : nothingToDo, points),
    );
  }

  bestLine(legal: readonly Move[], points: Points): Line {
    const own = legal.filter((move) => move === "hit" || move === "stand" || move === "double");
    if (own.length === 0) return this.#line("stand", points);
    return best(own.map((move) => this.#line(move, points)));
  }

  /** What a legal move is worth with this hand, together with the pairs of its value that wait to its right. */
  option(move: Move, hand: Hand, waiting: number, splitsLeft: number): Option {
    const value = cardValue(hand.cards[0] ?? 0);
    if (move === "split") return { move, value: this.pair(value).splitWorth(waiting, splitsLeft) };
    if (move === "surrender") return { move, value: mul(half, this.noBlackjack) };
    const own = this.bestLine([move], pointsOf(hand.cards)).value;
    const others = waiting > 0 ? this.pair(value).worth(waiting, splitsLeft) : zero;
    return { move, value: add(own, others) };
  }

  pair(value: number): Pair {
    const pair = this.#pairs.get(value) ?? new Pair(this, value);
    this.#pairs.set(value, pair);
    return pair;
  }

  #line(move: OneHandMove, points: Points): Line {
    if (move === "stand") return this.#valued(move, certain(totalIndex(points)), 1n);
    if (move === "double") {
      return this.#valued(
        move,
        draw((value) => certain(totalIndex(plus(points, value)))),
        2n,
      );
    }
    return this.#valued(
      move,
      draw((value) => this.#onwards(plus(points, value)).totals),
      1n,
    );
  }

  #valued(move: OneHandMove, totals: Spread, stake: 1n | 2n): Line {
    const paid = totals.ways.reduce(
      (sum, ways, total) => sum + ways * (this.#pays[total] ?? 0n),
      0n,
    );
    const payout = fraction(stake * paid, ranks ** BigInt(totals.cards + this.dealer.cards));
    return { move, totals, stake, value: stake === 2n ? sub(payout, this.cost) : payout };
  }
}
