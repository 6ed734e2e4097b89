// Every screen at once: how many come to each win and number of scatters, without drawing them one by one.
import { type Machine, tellingScatters } from "./machine.ts";
import { type Draw, planOf } from "./plan.ts";

/** counts[scatters] has the number of screens by the lines' win in units; the last stands for more scatters too. */
export type Screens = readonly ReadonlyMap<number, bigint>[];

/** Screens that are alike as far as drawn: the state of each place, and counts by win and scatters. */
interface Front {
  readonly states: readonly number[];
  readonly counts: Map<number, bigint>;
}

/** Where a draw leads from a front, in so many ways: the next front, with more won and more scatters. */
interface Arc {
  readonly key: string;
  readonly states: readonly number[];
  readonly won: number;
  readonly scatters: number;
  ways: bigint;
}

/** A place whose lines are settled: their win is counted, and no draw changes it. */
const settled = 0;

export interface Counting {
  /** Leave out every screen on which a line wins: there are far fewer ways to win nothing. */
  missesOnly?: boolean;
  /** Give up when more fronts than this are alive at once. */
  mostFronts?: number;
}

/** Counts all screens; undefined where that takes too many fronts. */
export function countScreens(machine: Machine, counting: Counting = {}): Screens | undefined {
  const { missesOnly = false, mostFronts = Number.POSITIVE_INFINITY } = counting;
  const width = tellingScatters(machine) + 1;
  const { table } = machine;
  const states = [table.start < table.settled ? settled : table.start];
  let fronts = new Map<string, Front>([["", { states, counts: new Map([[0, 1n]]) }]]);
  for (const draw of planOf(machine, machine.lines)) {
    const after = new Map<string, Front>();
    for (const front of fronts.values()) {
      for (const arc of arcsFrom(machine, front, draw, missesOnly)) {
        const target = after.get(arc.key) ?? { states: arc.states, counts: new Map() };
        after.set(arc.key, target);
        flow(front.counts, target.counts, arc, width);
      }
    }
    if (after.size > mostFronts) return undefined;
    fronts = after;
  }
  return byScatters(fronts.values(), width);
}

function arcsFrom(
  { table, wins }: Machine,
  front: Front,
  { moves, shown }: Draw,
  missesOnly: boolean,
): Iterable<Arc> {
  const arcs = new Map<string, Arc>();
  for (const { symbols, scatters, ways } of shown) {
    let [won, missed] = [0, true];
    const states = moves.map(({ from, cell, lines }) => {
      const state = front.states[from] ?? settled;
      if (state === settled || cell === undefined) return state;
      const next = table.next[state * table.symbols + (symbols[cell] ?? 0)] ?? settled;
      const win = wins[next] ?? 0;
      if (win > 0) missed = false;
      if (next >= table.settled) return next;
      won += lines * win;
      return settled;
    });
    if (missesOnly && !missed) continue;
    const key = String.fromCharCode(...states);
    const arcKey = `${won};${scatters};${key}`;
    const known = arcs.get(arcKey);
    if (known) known.ways += ways;
    else arcs.set(arcKey, { key, states, won, scatters, ways });
  }
  return arcs.values();
}

/** Win and scatters share one exact number as key: win · width + scatters. */
function flow(
  from: ReadonlyMap<number, bigint>,
  to: Map<number, bigint>,
  { won, scatters, ways }: Arc,
  width: number,
): void {
  for (const [key, count] of from) {
    const before = key % width;
    const after = Math.min(before + scatters, width - 1);
    const target = key - before + won * width + after;
    to.set(target, (to.get(target) ?? 0n) + count * ways);
  }
}

/** In the end all places are settled and one front is left, or none where every screen wins. */
function byScatters(fronts: Iterable<Front>, width: number): Map<number, bigint>[] {
  const screens = Array.from({ length: width }, () => new Map<number, bigint>());
  for (const { counts } of fronts) {
    for (const [key, count] of counts) screens[key % width]?.set(Math.floor(key / width), count);
  }
  return screens;
}
