// The layout of a roulette table: which numbers each bet covers. 37 stands for 00.

export type Wheel = "european" | "american";

export const kinds = [
  ...["straight", "split", "street", "corner", "basket", "topLine", "line"],
  ...["dozen", "column", "red", "black", "odd", "even", "low", "high"],
] as const;
export type Kind =
  | ("straight" | "split" | "street" | "corner" | "basket" | "topLine" | "line")
  | ("dozen" | "column" | "red" | "black" | "odd" | "even" | "low" | "high");

/** What a bet is on: numbers, a third of the table, or nothing more than its kind. */
export type On = number[] | number | undefined;

/** A place where a bet can stand. */
export interface Spot {
  readonly kind: Kind;
  readonly on: On;
  readonly numbers: readonly number[];
}

export const doubleZero = 37;
const thirds = [1, 2, 3];
const all = Array.from({ length: 36 }, (_, i) => i + 1);
const reds = new Set([1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36]);

/** How many numbers a wheel has. */
export function pockets(wheel: Wheel): number {
  return wheel === "european" ? 37 : 38;
}

/** Numbers lie in rows of three: 1 2 3, 4 5 6 … 34 35 36. */
const rowStarts = all.filter((number) => number % 3 === 1);
const notLast = (number: number) => number <= 33;
const notRightmost = (number: number) => number % 3 !== 0;

const zeroSplits: { [wheel in Wheel]: number[][] } = {
  european: [
    [0, 1],
    [0, 2],
    [0, 3],
  ],
  american: [
    [0, 1],
    [0, 2],
    [0, doubleZero],
    [2, doubleZero],
    [3, doubleZero],
  ],
};

const zeroTrios: { [wheel in Wheel]: number[][] } = {
  european: [
    [0, 1, 2],
    [0, 2, 3],
  ],
  american: [
    [0, 1, 2],
    [0, 2, doubleZero],
    [2, 3, doubleZero],
  ],
};

/** The bets on numbers that lie together. */
function groups(wheel: Wheel): { [kind in Kind]?: number[][] } {
  return {
    straight: Array.from({ length: pockets(wheel) }, (_, number) => [number]),
    split: [
      ...zeroSplits[wheel],
      ...all.filter(notRightmost).map((number) => [number, number + 1]),
      ...all.filter(notLast).map((number) => [number, number + 3]),
    ],
    street: [...zeroTrios[wheel], ...rowStarts.map((start) => [start, start + 1, start + 2])],
    corner: all
      .filter((number) => notRightmost(number) && notLast(number))
      .map((number) => [number, number + 1, number + 3, number + 4]),
    ...(wheel === "european"
      ? { basket: [[0, 1, 2, 3]] }
      : { topLine: [[0, 1, 2, 3, doubleZero]] }),
    line: rowStarts.filter(notLast).map((start) => Array.from({ length: 6 }, (_, i) => start + i)),
  };
}

const halves: { [kind in Kind]?: (number: number) => boolean } = {
  red: (number) => reds.has(number),
  black: (number) => !reds.has(number),
  odd: (number) => number % 2 === 1,
  even: (number) => number % 2 === 0,
  low: (number) => number <= 18,
  high: (number) => number > 18,
};

/** Every place on the table of this wheel. */
export function spotsOf(wheel: Wheel): Spot[] {
  const together = groups(wheel);
  return kinds.flatMap((kind): Spot[] => {
    const half = halves[kind];
    if (half) return [{ kind, on: undefined, numbers: all.filter(half) }];
    if (kind === "dozen") {
      return thirds.map((on) => ({
        kind,
        on,
        numbers: all.filter((n) => Math.ceil(n / 12) === on),
      }));
    }
    if (kind === "column") {
      return thirds.map((on) => ({ kind, on, numbers: all.filter((n) => n % 3 === on % 3) }));
    }
    return (together[kind] ?? []).map((numbers) => ({ kind, on: numbers, numbers }));
  });
}
