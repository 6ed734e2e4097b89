// How many of the 2,598,960 hands hold given cards, by class. Suits are interchangeable: ranks alone decide, and
// whether the given cards are of one suit, so that 8,555 sets of ranks stand for 2,893,164 sets of cards.
import { classCount, classOfRanks } from "./hands.ts";

const ranks = 13;
const suits = 4;
export const handSize = 5;

/** C(n, k). */
export function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return k < 0 || k > n ? 0 : ways;
}

/** Where the sets of each size begin. */
const offsets: number[] = [0];
for (let size = 0; size <= handSize; size++) {
  offsets.push((offsets[size] ?? 0) + choose(ranks + size - 1, size));
}
/** steps[i][rank]: what the i-th rank in ascending order adds to the place of a set, repeats allowed. */
const steps = Array.from({ length: handSize }, (_, i) =>
  Array.from({ length: ranks }, (_, rank) => choose(rank + i, i + 1)),
);

/** What a rank adds to the place of a set whose `before` other ranks are not above it. */
export function stepOf(before: number, rank: number): number {
  return steps[before]?.[rank] ?? 0;
}

/** The place of a set in the table, from the sum of its steps. */
export function placeOf(size: number, sum: number, suited: boolean): number {
  return 2 * ((offsets[size] ?? 0) + sum) + Number(suited);
}

/** Every list of so many ranks in ascending order, repeats allowed, but no rank more than four times. */
export function* rankSets(size: number, from = 0, chosen: number[] = []): Generator<number[]> {
  if (chosen.length === size) {
    yield chosen;
    return;
  }
  for (let rank = from; rank < ranks; rank++) {
    const set = [...chosen, rank];
    if (set.filter((it) => it === rank).length <= suits) yield* rankSets(size, rank, set);
  }
}

/** A set of ranks within a hand, and in how many ways the other cards of the hand can be given suits. */
interface Subset {
  size: number;
  sum: number;
  ways: number;
}

/** The set that a mask takes of a hand; undefined where another mask takes the same ranks. */
function subsetOf(hand: readonly number[], mask: number): Subset | undefined {
  let [size, sum, ways] = [0, 0, 1];
  let [held, wanted] = [0, 0];
  for (const [i, rank] of hand.entries()) {
    const taken = (mask >> i) & 1;
    if (rank !== hand[i - 1]) {
      ways *= choose(suits - held, wanted - held);
      [held, wanted] = [0, 0];
    } else if (taken > ((mask >> (i - 1)) & 1)) {
      return undefined;
    }
    wanted += 1;
    held += taken;
    if (taken === 0) continue;
    sum += stepOf(size, rank);
    size += 1;
  }
  return { size, sum, ways: ways * choose(suits - held, wanted - held) };
}

/** The same for every paytable: made once, when it is first needed. */
let known: Int32Array | undefined;

/** Counts by class for every set of up to five ranks, `classCount` numbers for each place. */
export function countsContaining(): Int32Array {
  known ??= countContaining();
  return known;
}

function countContaining(): Int32Array {
  const table = new Int32Array(2 * (offsets.at(-1) ?? 0) * classCount);
  const add = (place: number, found: number, ways: number) => {
    const at = place * classCount + found;
    if (found < classCount) table[at] = (table[at] ?? 0) + ways;
  };
  for (const hand of rankSets(handSize)) {
    const plain = classOfRanks(hand, false);
    const distinct = new Set(hand).size === handSize;
    const flush = classOfRanks(hand, distinct);
    for (let mask = 0; mask < 1 << handSize; mask++) {
      const subset = subsetOf(hand, mask);
      if (!subset) continue;
      const { size, sum, ways } = subset;
      add(placeOf(size, sum, false), plain, ways);
      const flushes = distinct ? flushesWith(size) : 0;
      add(placeOf(size, sum, true), flush, flushes);
      add(placeOf(size, sum, true), plain, ways - flushes);
    }
  }
  return table;
}

/** Given cards of one suit leave it no choice. */
function flushesWith(given: number): number {
  return given === 0 ? suits : 1;
}
