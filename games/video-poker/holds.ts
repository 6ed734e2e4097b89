// What each of the 32 ways to hold can come to: exact counts by class of the final hand.
import { choose, handSize, placeOf, stepOf } from "./containing.ts";
import { classCount } from "./hands.ts";

/** A way to hold as a mask: bit i keeps the card at place i. */
export type Hold = number;

export const holdCount = 1 << handSize;
export const holdAll: Hold = holdCount - 1;

/** How many cards a mask keeps. */
export const kept: readonly number[] = Array.from({ length: holdCount }, (_, hold) =>
  placesOf(hold).reduce((sum, held) => sum + held, 0),
);

/** How many draws can follow a hold, C(47, cards replaced). */
export const drawsAfter: readonly number[] = kept.map((count) => choose(47, handSize - count));

/** All masks as equal plays are chosen: most cards held, then leftmost. */
export const preference: readonly Hold[] = kept
  .map((_, hold) => hold)
  .sort((a, b) => (kept[b] ?? 0) - (kept[a] ?? 0) || leftness(b) - leftness(a));

function placesOf(hold: Hold): number[] {
  return Array.from({ length: handSize }, (_, i) => (hold >> i) & 1);
}

/** The mask read from the left as a binary number. */
function leftness(hold: Hold): number {
  return placesOf(hold).reduce((sum, held) => 2 * sum + held, 0);
}

/**
 * Counts the final hands of each hold: `counts[hold * classCount + class]`. First every set of the dealt cards
 * gets all hands that contain it; then those that contain more of the dealt cards, which are
 * discarded and cannot come back, are taken away, place by place.
 */
export function countHolds(
  table: Int32Array,
  cards: readonly number[],
  counts: Int32Array,
): Int32Array {
  gatherContaining(table, cards, counts);
  for (let bit = 1; bit < holdCount; bit <<= 1) {
    for (let hold = 0; hold < holdCount; hold++) {
      if ((hold & bit) !== 0) continue;
      const [without, withIt] = [hold * classCount, (hold | bit) * classCount];
      for (let c = 0; c < classCount; c++) {
        counts[without + c] = (counts[without + c] ?? 0) - (counts[withIt + c] ?? 0);
      }
    }
  }
  return counts;
}

function gatherContaining(table: Int32Array, cards: readonly number[], counts: Int32Array): void {
  const ascending = cards
    .map((card, at) => ({ rank: card % 13, suit: 1 << Math.floor(card / 13), place: 1 << at }))
    .sort((a, b) => a.rank - b.rank);
  // Sets of the cards by ascending rank, each made from the one without its highest card.
  const sets = [{ hold: 0, size: 0, sum: 0, suits: 0b1111 }];
  for (const { rank, suit, place } of ascending) {
    for (const { hold, size, sum, suits } of [...sets]) {
      sets.push({
        hold: hold | place,
        size: size + 1,
        sum: sum + stepOf(size, rank),
        suits: suits & suit,
      });
    }
  }
  for (const { hold, size, sum, suits } of sets) {
    const from = placeOf(size, sum, suits !== 0) * classCount;
    for (let c = 0; c < classCount; c++) counts[hold * classCount + c] = table[from + c] ?? 0;
  }
}
