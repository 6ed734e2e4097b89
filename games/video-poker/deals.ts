// The 2,598,960 deals, reduced by the symmetry of suits to 134,459 classes.
import { choose, handSize, rankSets } from "./containing.ts";

/** One deal that stands for `weight` deals which differ in the names of suits alone. */
export interface Deal {
  cards: number[];
  weight: number;
}

interface Suiting {
  suits: number[];
  weight: number;
}

export const dealCount = choose(52, handSize);
const suitCount = 4;
const rankCount = 13;

/** Suits for ranks in ascending order; equal ranks have theirs in ascending order too, so that no hand comes twice. */
function* suitsFor(ranks: readonly number[], chosen: number[] = []): Generator<number[]> {
  const at = chosen.length;
  if (at === ranks.length) {
    yield chosen;
    return;
  }
  const least = ranks[at] === ranks[at - 1] ? (chosen[at - 1] ?? 0) + 1 : 0;
  for (let suit = least; suit < suitCount; suit++) yield* suitsFor(ranks, [...chosen, suit]);
}

/** What each suit holds, whichever suit it is. */
function shapeOf(ranks: readonly number[], suits: readonly number[]): string {
  const held = Array.from({ length: suitCount }, (_, suit) =>
    ranks.filter((_rank, i) => suits[i] === suit).join(),
  );
  return held.sort().join("|");
}

function suitingsOf(ranks: readonly number[]): Suiting[] {
  const shapes = new Map<string, Suiting>();
  for (const suits of suitsFor(ranks)) {
    const shape = shapeOf(ranks, suits);
    const known = shapes.get(shape);
    if (known) known.weight += 1;
    else shapes.set(shape, { suits, weight: 1 });
  }
  return [...shapes.values()];
}

/** Each class of deals once, its cards by ascending rank. */
export function* deals(): Generator<Deal> {
  // Which suits there can be depends only on which neighbours are of equal rank.
  const byPattern = new Map<string, Suiting[]>();
  for (const ranks of rankSets(handSize)) {
    const pattern = ranks.map((rank, i) => Number(rank === ranks[i - 1])).join("");
    const suitings = byPattern.get(pattern) ?? suitingsOf(ranks);
    byPattern.set(pattern, suitings);
    for (const { suits, weight } of suitings) {
      yield { cards: ranks.map((rank, i) => rank + rankCount * (suits[i] ?? 0)), weight };
    }
  }
}
