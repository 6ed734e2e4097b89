// Exact counting: in how many orders of six cards each result comes.
import { nextTaker, resultOf, results } from "./table.ts";

const ranks = 13;
const mostCards = 6;

/** Cards by rank. Drawing from an infinite shoe leaves it as it is. */
export interface Shoe {
  counts: number[];
  infinite: boolean;
}

export function shoeOf(decks: number | "infinite"): Shoe {
  const infinite = decks === "infinite";
  return { counts: Array.from({ length: ranks }, () => (infinite ? 1 : 4 * decks)), infinite };
}

/**
 * The orders by result, each over all six cards: a round that needs fewer leaves the rest in any order.
 * Eight decks have 416 · 415 · … · 411 < 2^53 orders, so that doubles count them exactly.
 */
export function countResults({ counts, infinite }: Shoe): number[] {
  const left = [...counts];
  const found = results.map(() => 0);
  const hands = { player: [] as number[], banker: [] as number[] };

  /** Counts every round that goes on from the cards on the table, which came in `ways` ways. */
  function goOn(ways: number, cards: number, size: number): void {
    const taker = nextTaker(hands.player, hands.banker);
    if (!taker) {
      const place = resultOf(hands.player, hands.banker);
      found[place] = (found[place] ?? 0) + ways * orders(mostCards - cards, size, infinite);
      return;
    }
    for (let rank = 0; rank < ranks; rank++) {
      const available = left[rank] ?? 0;
      if (available === 0) continue;
      if (!infinite) left[rank] = available - 1;
      hands[taker].push(rank);
      goOn(ways * available, cards + 1, infinite ? size : size - 1);
      hands[taker].pop();
      left[rank] = available;
    }
  }

  goOn(
    1,
    0,
    left.reduce((sum, count) => sum + count, 0),
  );
  return found;
}

/** In how many ways so many cards come from a shoe of this size. */
function orders(cards: number, size: number, infinite: boolean): number {
  let ways = 1;
  for (let i = 0; i < cards; i++) ways *= infinite ? size : size - i;
  return ways;
}
