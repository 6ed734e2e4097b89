import { gather, type Outcome, returnEntry } from "../enumerate.ts";
import { add, type Fraction, fraction, one, sub, zero } from "../fraction.ts";
import type { Mathematics, ReturnEntry } from "../game.ts";
import { type BestPlay, sameHands } from "./best-play.ts";
import { handSize } from "./containing.ts";
import { dealCount, deals } from "./deals.ts";
import { classCount } from "./hands.ts";
import { drawsAfter, type Hold, holdAll, kept, preference } from "./holds.ts";
import { type Bet, bestPlayOf, type Config, dealtOf, type State, toHold, toMask } from "./rules.ts";

/** The figures of a configuration, worked out once for each. */
const worth = new WeakMap<Config, ReturnEntry>();

/** All orders in which five cards can be dealt. */
const orders: readonly number[][] = ordersOf([0, 1, 2, 3, 4]);

/** Every order of a list. */
export function ordersOf(places: readonly number[]): number[][] {
  if (places.length === 0) return [[]];
  return places.flatMap((first) =>
    ordersOf(places.filter((it) => it !== first)).map((rest) => [first, ...rest]),
  );
}

/** A mask over the cards as they lie when `order` says which card comes at each place. */
function dealtIn(order: readonly number[], hold: Hold): Hold {
  return order.reduce((mask, card, place) => mask | (((hold >> card) & 1) << place), 0);
}

/** In how many of the 120 orders of a deal each of some equal holds is the one that is played. */
export function turnsOf(counts: Int32Array, equals: readonly Hold[]): Map<Hold, number> {
  const most = Math.max(...equals.map((hold) => kept[hold] ?? 0));
  const [first = holdAll, ...others] = equals.filter((hold) => kept[hold] === most);
  // Where all of them end in the same hands it does not matter which is leftmost.
  if (others.every((hold) => sameHands(counts, first, hold)))
    return new Map([[first, orders.length]]);
  const turns = new Map<Hold, number>();
  for (const order of orders) {
    const leftmost = [first, ...others].reduce((a, b) =>
      preference.indexOf(dealtIn(order, a)) <= preference.indexOf(dealtIn(order, b)) ? a : b,
    );
    turns.set(leftmost, (turns.get(leftmost) ?? 0) + 1);
  }
  return turns;
}

/** By cards kept and class, in how many deals, orders and draws the best play ends there: all below 2^53. */
function endings(play: BestPlay): Float64Array[] {
  const totals = Array.from({ length: handSize + 1 }, () => new Float64Array(classCount));
  for (const { cards, weight } of deals()) {
    const counts = play.countsOf(cards);
    for (const [hold, turns] of turnsOf(counts, play.equals(counts))) {
      const total = totals[kept[hold] ?? 0];
      if (!total) throw new Error("a hold keeps at most five cards");
      for (let c = 0; c < classCount; c++) {
        total[c] = (total[c] ?? 0) + weight * turns * (counts[hold * classCount + c] ?? 0);
      }
    }
  }
  return totals;
}

/** The distribution of the final hands under best play. */
function outcomesOf({ pays }: Config, play: BestPlay): Outcome[] {
  const totals = endings(play);
  const paying = pays.map((multiplier, c): Outcome => {
    const probability = totals
      .map((total, count) => fraction(total[c] ?? 0, dealCount * orders.length * drawsOf(count)))
      .reduce(add, zero);
    return { multiplier, probability };
  });
  const paid = paying.map((it) => it.probability).reduce(add, zero);
  return gather([...paying, { multiplier: zero, probability: sub(one, paid) }]);
}

function drawsOf(cardsKept: number): number {
  return drawsAfter[kept.indexOf(cardsKept)] ?? 1;
}

function figuresOf(config: Config): ReturnEntry {
  const known = worth.get(config);
  if (known) return known;
  const entry = returnEntry({}, outcomesOf(config, bestPlayOf(config)));
  worth.set(config, entry);
  return entry;
}

function regretOf(config: Config, state: State, hold: Hold): Fraction {
  const play = bestPlayOf(config);
  const dealt = dealtOf(state);
  return sub(play.valueOf(dealt, play.best(dealt)), play.valueOf(dealt, hold));
}

export const videoPokerMathematics: Mathematics<Config, Bet, State> = {
  returns: (config) => [figuresOf(config)],
  expected: (config) => figuresOf(config).rtp,
  regret: (config, state, action) => regretOf(config, state, toMask(action)),

  plays: (config) => [
    {
      bet: {},
      rtp: figuresOf(config).rtp,
      decide: (state) => ({
        type: "hold",
        hold: toHold(bestPlayOf(config).best(dealtOf(state))),
      }),
    },
  ],
};
