// Sums over all screens of the lines' win and of its square: line by line and pair by pair, so that no size of
// screen is too large to count.
import { type Machine, tellingScatters } from "./machine.ts";
import type { Step } from "./reels.ts";

type Line = readonly number[];

/** Sums over all screens, by scatters; the last stands for more scatters too. */
export type Sums = bigint[];

/** What two lines read on a reel, with the scatters there, and in how many ways. */
interface Reading {
  readonly first: number;
  readonly second: number;
  readonly scatters: number;
  readonly ways: bigint;
}

/** Two lines, how often such a pair comes, and the numbers of their readings by reel. */
interface Pair {
  readonly readings: readonly number[];
  times: bigint;
}

/**
 * Sums of products by the two lines' states and the scatters so far. A line that is settled has state 0: its win
 * is a factor in the sum, and where it wins nothing the product is 0 and gone.
 */
type Known = ReadonlyMap<number, bigint>;

const settled = 0;

/** How many screens there are. */
export function screenSums(machine: Machine): Sums {
  const walk = new Walk(machine);
  return walk.sumOver([{ readings: walk.readingsOf([], []), times: 1n }], settled, settled);
}

/** The sum of what all lines win. */
export function winSums(machine: Machine): Sums {
  const walk = new Walk(machine);
  if (walk.start === settled) return walk.nothing;
  const pairs = machine.lines.map((line) => ({ readings: walk.readingsOf(line, line), times: 1n }));
  return walk.sumOver(pairs, walk.start, settled);
}

/** The sum of the squares of what all lines win together: of the products of each two of them. */
export function squareSums(machine: Machine): Sums {
  const walk = new Walk(machine);
  if (walk.start === settled) return walk.nothing;
  return walk.sumOver(pairsOf(machine.lines, walk), walk.start, walk.start);
}

function* pairsOf(lines: readonly Line[], walk: Walk): Generator<Pair> {
  for (const [i, first] of lines.entries()) {
    for (const [j, second] of lines.slice(i).entries()) {
      yield { readings: walk.readingsOf(first, second), times: j === 0 ? 1n : 2n };
    }
  }
}

class Walk {
  readonly #machine: Machine;
  readonly #width: number;
  readonly #open: number;
  readonly #wins: readonly bigint[];
  readonly #reels: readonly ReelReadings[];

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#width = tellingScatters(machine) + 1;
    this.#open = machine.table.wins.length - machine.table.settled;
    this.#wins = Array.from(machine.wins, BigInt);
    const byReel = Map.groupBy(machine.reels.steps, ({ reel }) => reel);
    this.#reels = [...byReel.values()].map((steps) => new ReelReadings(steps, machine.scatter));
  }

  get start(): number {
    return this.#numberOf(this.#machine.table.start);
  }

  /** What lines win together that can win nothing. */
  get nothing(): Sums {
    return Array.from({ length: this.#width }, () => 0n);
  }

  readingsOf(first: Line, second: Line): number[] {
    return this.#reels.map((reel, i) => reel.numberOf(first[i] ?? 0, second[i] ?? 0));
  }

  sumOver(pairs: Iterable<Pair>, first: number, second: number): Sums {
    const distinct = new Map<string, Pair>();
    for (const { readings, times } of pairs) {
      const known = distinct.get(readings.join());
      if (known) known.times += times;
      else distinct.set(readings.join(), { readings, times });
    }
    const sums = this.nothing;
    const start = (first * (this.#open + 1) + second) * this.#width;
    this.#descend(0, [...distinct.values()], new Map([[start, 1n]]), sums);
    return sums;
  }

  /** Pairs that read alike up to this reel are followed together. */
  #descend(reel: number, pairs: readonly Pair[], known: Known, sums: Sums): void {
    const readings = this.#reels[reel];
    if (!readings) {
      const times = pairs.reduce((sum, pair) => sum + pair.times, 0n);
      for (const [key, sum] of known) sums[key] = (sums[key] ?? 0n) + times * sum;
      return;
    }
    if (known.size === 0) return;
    for (const [number, alike] of Map.groupBy(pairs, (pair) => pair.readings[reel] ?? 0)) {
      this.#descend(reel + 1, alike, this.#read(known, readings.list(number)), sums);
    }
  }

  #read(known: Known, readings: readonly Reading[]): Known {
    const after = new Map<number, bigint>();
    const states = this.#open + 1;
    for (const [key, sum] of known) {
      const scatters = key % this.#width;
      const pair = Math.floor(key / this.#width);
      for (const reading of readings) {
        const first = this.#next(Math.floor(pair / states), reading.first);
        const second = this.#next(pair % states, reading.second);
        const factor = first.factor * second.factor;
        if (factor === 0n) continue;
        const more = Math.min(scatters + reading.scatters, this.#width - 1);
        const target = (first.state * states + second.state) * this.#width + more;
        after.set(target, (after.get(target) ?? 0n) + sum * reading.ways * factor);
      }
    }
    return after;
  }

  #next(state: number, symbol: number): { state: number; factor: bigint } {
    if (state === settled) return { state, factor: 1n };
    const { table } = this.#machine;
    const next = table.next[(table.settled + state - 1) * table.symbols + symbol] ?? 0;
    const number = this.#numberOf(next);
    return { state: number, factor: number === settled ? (this.#wins[next] ?? 0n) : 1n };
  }

  #numberOf(state: number): number {
    return Math.max(settled, state - this.#machine.table.settled + 1);
  }
}

/** What any two rows of one reel show; pairs of rows that show the same have the same number. */
class ReelReadings {
  readonly #steps: readonly Step[];
  readonly #scatter: number | undefined;
  readonly #numbers = new Map<string, number>();
  readonly #byRows = new Map<string, number>();
  readonly #lists: (readonly Reading[])[] = [];

  constructor(steps: readonly Step[], scatter: number | undefined) {
    this.#steps = steps;
    this.#scatter = scatter;
  }

  list(number: number): readonly Reading[] {
    return this.#lists[number] ?? [];
  }

  numberOf(first: number, second: number): number {
    const rows = `${first},${second}`;
    const known = this.#byRows.get(rows);
    if (known !== undefined) return known;
    const list = this.#readings(first, second);
    const text = list.map((it) => `${it.first},${it.second},${it.scatters},${it.ways}`);
    const content = text.sort().join(";");
    const number = this.#numbers.get(content) ?? this.#lists.length;
    if (number === this.#lists.length) this.#lists.push(list);
    this.#numbers.set(content, number);
    this.#byRows.set(rows, number);
    return number;
  }

  #readings(firstRow: number, secondRow: number): Reading[] {
    let readings: Reading[] = [{ first: -1, second: -1, scatters: 0, ways: 1n }];
    for (const { rows, options } of this.#steps) {
      const [firstCell, secondCell] = [rows.indexOf(firstRow), rows.indexOf(secondRow)];
      const seen = options.map(({ symbols, ways }) => ({
        first: symbols[firstCell] ?? -1,
        second: symbols[secondCell] ?? -1,
        scatters: symbols.filter((symbol) => symbol === this.#scatter).length,
        ways,
      }));
      readings = merge(readings.flatMap((known) => seen.map((it) => both(known, it))));
    }
    return readings;
  }
}

function both(a: Reading, b: Reading): Reading {
  return {
    first: Math.max(a.first, b.first),
    second: Math.max(a.second, b.second),
    scatters: a.scatters + b.scatters,
    ways: a.ways * b.ways,
  };
}

function merge(readings: readonly Reading[]): Reading[] {
  const merged = new Map<string, Reading>();
  for (const reading of readings) {
    const key = `${reading.first},${reading.second},${reading.scatters}`;
    const ways = reading.ways + (merged.get(key)?.ways ?? 0n);
    merged.set(key, { ...reading, ways });
  }
  return [...merged.values()];
}
