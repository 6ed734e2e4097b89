// Distributions of what an infinite deck brings: whole numbers of equally likely cases, so that nothing is rounded and
// no common divisor is ever looked for.
import { type Fraction, fraction } from "../fraction.ts";

/** Result i comes in ways[i] of 13^cards cases. */
export interface Spread {
  readonly ways: readonly bigint[];
  readonly cards: number;
}

/** No cases at all. */
export const nothing: Spread = { ways: [], cards: 0 };

export const ranks = 13n;
/** Ace 1, court cards 10. */
export const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** Of 13 ranks so many have this value. */
export function waysOf(value: number): bigint {
  return value === 10 ? 4n : 1n;
}

function spreadOver(cards: number, spread: Spread): readonly bigint[] {
  if (cards === spread.cards) return spread.ways;
  const scale = ranks ** BigInt(cards - spread.cards);
  return spread.ways.map((count) => count * scale);
}

/** Either of two kinds of cases. */
export function sum(a: Spread, b: Spread): Spread {
  const cards = Math.max(a.cards, b.cards);
  const [x, y] = [spreadOver(cards, a), spreadOver(cards, b)];
  const length = Math.max(x.length, y.length);
  return { ways: Array.from({ length }, (_, i) => (x[i] ?? 0n) + (y[i] ?? 0n)), cards };
}

/** The sum of two independent results. */
export function times(a: Spread, b: Spread): Spread {
  const ways: bigint[] = Array(a.ways.length + b.ways.length - 1).fill(0n);
  for (const [i, x] of a.ways.entries()) {
    if (x === 0n) continue;
    for (const [j, y] of b.ways.entries()) if (y !== 0n) ways[i + j] = (ways[i + j] ?? 0n) + x * y;
  }
  return { ways, cards: a.cards + b.cards };
}

/** The same results in so many times as many ways, of cases with so many more cards. */
export function weighed({ ways, cards }: Spread, factor: bigint, more: number): Spread {
  return { ways: ways.map((count) => count * factor), cards: cards + more };
}

/** The sum of none, one, two … and so on of such results. */
export function powers(spread: Spread, most: number): Spread[] {
  const list = [certain(0)];
  for (let i = 0; i < most; i++) list.push(times(list[i] ?? certain(0), spread));
  return list;
}

/** One more card is drawn: what follows from each value. */
export function draw(next: (value: number) => Spread | undefined): Spread {
  let all = nothing;
  for (const value of values) {
    const then = next(value);
    if (then) all = sum(all, weighed(then, waysOf(value), 0));
  }
  return { ways: all.ways, cards: all.cards + 1 };
}

/** One result, whatever comes. */
export function certain(result: number): Spread {
  return {
    ways: Array.from({ length: result + 1 }, (_, i) => BigInt(Number(i === result))),
    cards: 0,
  };
}

/** So many ways in 13^cards cases. */
export function chance(ways: bigint, cards: number): Fraction {
  return fraction(ways, ranks ** BigInt(cards));
}
