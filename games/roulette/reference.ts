// The pays of roulette read a second time, for tests: nothing here comes from the engine.

export interface ReferencePart {
  kind: string;
  on?: number | number[];
  stake: string;
}

const inside = Array.from({ length: 36 }, (_, i) => i + 1);
const red = "1 3 5 7 9 12 14 16 18 19 21 23 25 27 30 32 34 36".split(" ").map(Number);

const without = (numbers: number[]) => inside.filter((number) => !numbers.includes(number));
const odd = inside.filter((number) => number % 2 === 1);

/** Each third holds its numbers next to each other, each column every third number. */
const covered: { [kind: string]: (on: number) => number[] } = {
  basket: () => [0, 1, 2, 3],
  topLine: () => [0, 1, 2, 3, 37],
  dozen: (on) => inside.slice(12 * (on - 1), 12 * on),
  column: (on) => inside.filter((number) => (number - on) % 3 === 0),
  red: () => red,
  black: () => without(red),
  odd: () => odd,
  even: () => without(odd),
  low: () => inside.slice(0, 18),
  high: () => inside.slice(18),
};

/** What a part gets back of its stake, in halves. A bet on k numbers pays 36 / k, and only the top line less. */
export function halvesPaid(part: ReferencePart, number: number, laPartage: boolean): bigint {
  const { kind, on } = part;
  const numbers = Array.isArray(on) ? on : (covered[kind]?.(Number(on)) ?? []);
  if (numbers.includes(number)) return 2n * (36n / BigInt(numbers.length));
  return laPartage && number === 0 && numbers.length === 18 ? 1n : 0n;
}
