// How a screen is drawn: from strips that wrap, or cell by cell from weights.
import type { Draws } from "../draws.ts";

/** One possible result of a draw: the symbols of the rows drawn, and in how many ways it comes. */
export interface Option {
  readonly symbols: readonly number[];
  readonly ways: bigint;
}

/** One draw of a screen: a whole reel, or one of its cells. */
export interface Step {
  readonly reel: number;
  readonly rows: readonly number[];
  readonly options: readonly Option[];
}

export interface Reels {
  /** A screen: its cells reel by reel, from the top down. */
  draw(draws: Draws): number[];
  /** The same for counting: what each draw can show. */
  readonly steps: readonly Step[];
}

/** Strips of symbols; a draw is the stop that comes to row 0. */
export function stripReels(strips: readonly (readonly number[])[], rows: number): Reels {
  const allRows = Array.from({ length: rows }, (_, row) => row);
  const stops = strips.map((strip) => strip.length);
  const columns = strips.map((strip) =>
    strip.map((_, stop) => allRows.map((row) => strip[(stop + row) % strip.length] ?? 0)),
  );
  const steps = columns.map((byStop, reel) => ({ reel, rows: allRows, options: gathered(byStop) }));
  return {
    steps,
    draw(draws) {
      const cells: number[] = [];
      for (let reel = 0; reel < stops.length; reel++) {
        const column = columns[reel]?.[draws.below(stops[reel] ?? 0)] ?? [];
        for (let row = 0; row < rows; row++) cells.push(column[row] ?? 0);
      }
      return cells;
    },
  };
}

function gathered(columns: readonly (readonly number[])[]): Option[] {
  const options = new Map<string, Option>();
  for (const symbols of columns) {
    const ways = (options.get(symbols.join())?.ways ?? 0n) + 1n;
    options.set(symbols.join(), { symbols, ways });
  }
  return [...options.values()];
}

/** For each reel the weight of every symbol, in ascending order of their names' bytes. */
export function weightedReels(weights: readonly (readonly number[])[], rows: number): Reels {
  const sums = weights.map((reel) => {
    let sum = 0;
    return Float64Array.from(reel, (weight) => (sum += weight));
  });
  const totals = sums.map((reel) => reel.at(-1) ?? 0);
  const tables = sums.map(symbolTable);
  const steps = weights.flatMap((reel, index) => {
    const options = reel
      .map((weight, symbol) => ({ symbols: [symbol], ways: BigInt(weight) }))
      .filter(({ ways }) => ways > 0n);
    return Array.from({ length: rows }, (_, row) => ({ reel: index, rows: [row], options }));
  });
  return {
    steps,
    draw(draws) {
      const cells: number[] = [];
      for (let reel = 0; reel < sums.length; reel++) {
        const total = totals[reel] ?? 0;
        const table = tables[reel];
        for (let row = 0; row < rows; row++) {
          const drawn = draws.below(total);
          cells.push(table?.[drawn] ?? symbolAt(sums[reel], drawn));
        }
      }
      return cells;
    },
  };
}

/** Up to so many weights are looked up in a table of one byte each; beyond, they are searched. */
const largestTable = 65_536;

/** Which symbol a number below the sum of the weights stands for; `upTo` has the sums of the weights so far. */
function symbolAt(upTo: Float64Array | undefined, drawn: number): number {
  let symbol = 0;
  while ((upTo?.[symbol] ?? Number.POSITIVE_INFINITY) <= drawn) symbol += 1;
  return symbol;
}

function symbolTable(upTo: Float64Array): Uint8Array | undefined {
  const total = upTo.at(-1) ?? 0;
  if (total > largestTable) return undefined;
  return Uint8Array.from({ length: total }, (_, drawn) => symbolAt(upTo, drawn));
}
