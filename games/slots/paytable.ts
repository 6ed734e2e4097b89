// What a line wins, as an automaton that reads the line's symbols from the left.
import { compare, type Fraction, max, mul, one, zero } from "../fraction.ts";

/** Something that a line can win with: a symbol or a group, and what so many of it pay. */
export interface Award {
  /** Every symbol that may stand in the win, the wild too where it may. */
  readonly members: ReadonlySet<number>;
  /** By count: [3] is what three from the left pay. */
  readonly pays: readonly (Fraction | undefined)[];
}

export interface Wild {
  readonly symbol: number;
  readonly multiplier: Fraction;
  readonly each: boolean;
}

/**
 * A state is all that the symbols read so far have to say about the line's win. The first states are settled:
 * whatever follows, the line wins `wins[state]`. `start` is the state before the first symbol.
 */
export interface LineTable {
  readonly symbols: number;
  /** The state after `symbol` is next[state * symbols + symbol]; settled states have none. */
  readonly next: Uint16Array;
  /** What the symbols read so far win at least, by state. */
  readonly wins: readonly Fraction[];
  readonly settled: number;
  readonly start: number;
}

/** A line of which some symbols are read: what it could still win with, its wilds, its best win so far. */
interface Reading {
  readonly count: number;
  readonly awards: readonly Award[];
  readonly wilds: number;
  readonly win: Fraction;
}

const mostStates = 50_000;

/** Works out every state that lines of so many reels can reach; undefined where there are too many. */
export function lineTable(
  awards: readonly Award[],
  wild: Wild | undefined,
  symbols: number,
  reels: number,
): LineTable | undefined {
  const rules = new LineRules(wild, reels);
  const first = rules.settle({ count: 0, awards, wilds: 0, win: zero });
  const states = new States(first);
  const targets: Reading[][] = [];
  for (const reading of states.open) {
    const row = Array.from({ length: symbols }, (_, symbol) => rules.read(reading, symbol));
    for (const target of row) states.add(target);
    if (states.size > mostStates) return undefined;
    targets.push(row);
  }
  const settled = states.settled.length;
  const next = new Uint16Array(states.size * symbols);
  for (const [i, row] of targets.entries()) {
    const numbers = row.map((target) => states.numberOf(target));
    next.set(numbers, (settled + i) * symbols);
  }
  const wins = [...states.settled, ...states.open].map(({ win }) => win);
  return { symbols, next, wins, settled, start: states.numberOf(first) };
}

class LineRules {
  readonly #wild: Wild | undefined;
  readonly #reels: number;

  constructor(wild: Wild | undefined, reels: number) {
    this.#wild = wild;
    this.#reels = reels;
  }

  /** The line with one more symbol: awards without it are lost, and any award may now be complete. */
  read({ count, awards, wilds, win }: Reading, symbol: number): Reading {
    const left = awards.filter(({ members }) => members.has(symbol));
    const isWild = symbol === this.#wild?.symbol;
    const after = { count: count + 1, wilds: this.#telling(wilds + Number(isWild)) };
    const factor = this.#factor(after.wilds);
    const wins = left.map(({ pays }) => mul(pays[after.count] ?? zero, factor));
    return this.settle({ ...after, awards: left, win: wins.reduce(max, win) });
  }

  /** Forgets what cannot matter any more, so that lines with the same future share a state. */
  settle(reading: Reading): Reading {
    const awards = reading.awards.filter((award) => this.#canStillWin(award, reading));
    return awards.length > 0 ? { ...reading, awards } : { ...reading, awards, count: 0, wilds: 0 };
  }

  #canStillWin({ pays }: Award, { count, wilds, win }: Reading): boolean {
    for (let k = count + 1; k <= this.#reels; k++) {
      const most = max(this.#factor(wilds), this.#factor(this.#telling(wilds + k - count)));
      if (compare(mul(pays[k] ?? zero, most), win) > 0) return true;
    }
    return false;
  }

  /** The number of wilds as far as it changes the multiplier. */
  #telling(wilds: number): number {
    if (!this.#wild || compare(this.#wild.multiplier, one) === 0) return 0;
    return this.#wild.each ? wilds : Math.min(wilds, 1);
  }

  #factor(wilds: number): Fraction {
    let factor = one;
    for (let i = 0; i < wilds; i++) factor = mul(factor, this.#wild?.multiplier ?? one);
    return factor;
  }
}

/** Numbers the states: settled ones by their win, then those that are open. */
class States {
  readonly open: Reading[] = [];
  readonly settled: Reading[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(first: Reading) {
    this.add(first);
  }

  get size(): number {
    return this.open.length + this.settled.length;
  }

  add(reading: Reading): void {
    const key = this.#key(reading);
    if (this.#numbers.has(key)) return;
    const list = reading.awards.length > 0 ? this.open : this.settled;
    this.#numbers.set(key, list.length);
    list.push(reading);
  }

  numberOf(reading: Reading): number {
    const number = this.#numbers.get(this.#key(reading)) ?? 0;
    return reading.awards.length > 0 ? this.settled.length + number : number;
  }

  readonly #awardNumbers = new Map<Award, number>();

  #key({ count, awards, wilds, win }: Reading): string {
    const numbers = awards.map((award) => {
      const known = this.#awardNumbers.get(award) ?? this.#awardNumbers.size;
      this.#awardNumbers.set(award, known);
      return known;
    });
    return `${count};${wilds};${win.n}/${win.d};${numbers}`;
  }
}
