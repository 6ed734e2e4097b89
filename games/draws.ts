/** Unbiased random integers, in the order in which the rules ask for them (docs/fairness.md). */
export interface Draws {
  /** Uniform over 0 … n − 1, for 1 ≤ n ≤ 2^53. */
  below(n: number): number;
  /** Uniform over 0 … n − 1, for 1 ≤ n ≤ 2^256. */
  belowBig(n: bigint): bigint;
  /** A permutation of 0 … n − 1. */
  shuffle(n: number): number[];
  /** k different ones of 0 … n − 1, in the order drawn. */
  choose(n: number, k: number): number[];
}

/** Where integers come from: the two primitives from which the other draws are made. */
export type Source = Pick<Draws, "below" | "belowBig">;

function swap(list: number[], i: number, j: number): void {
  const [a, b] = [list[i], list[j]];
  if (a === undefined || b === undefined) throw new RangeError(`no places ${i} and ${j} to swap`);
  list[i] = b;
  list[j] = a;
}

function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** Fisher and Yates, from the last place down. */
export function shuffleFrom(source: Source, n: number): number[] {
  const list = upTo(n);
  for (let i = n - 1; i >= 1; i--) swap(list, i, source.below(i + 1));
  return list;
}

/** The first k places of a shuffle from the front. */
export function chooseFrom(source: Source, n: number, k: number): number[] {
  if (k < 0 || k > n) throw new RangeError(`cannot choose ${k} of ${n}`);
  const list = upTo(n);
  for (let i = 0; i < k; i++) swap(list, i, i + source.below(n - i));
  return list.slice(0, k);
}
