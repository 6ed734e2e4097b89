// Every screen at once: how many come to each win and number of scatters, without drawing them one by one.
import { type AlikeDraw, alikeDraws } from "./alike.ts";
import { type Machine, tellingScatters } from "./machine.ts";

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

/** Beyond so many fronts memory would run out; and where only a part is followed, beyond so many states. */
const mostFronts = 50_000;
const mostStates = 100_000;

/** Counts all screens; undefined where there are too many that differ. */
export function countScreens(machine: Machine): Screens | undefined {
  const width = tellingScatters(machine) + 1;
  let fronts = [firstFront(machine)];
  for (const draw of alikeDraws(machine)) {
    const after = drawn(machine, fronts, draw, width, false);
    if (after.size > mostFronts) return undefined;
    fronts = [...after.values()];
  }
  return byScatters(fronts, width);
}

/**
 * Counts the screens on which no line wins, by scatters: far fewer differ. Where they are many still, a part of
 * them is followed to the end at a time: fewer meet again, and it takes longer, but no size takes more memory.
 */
export function countMisses(machine: Machine): bigint[] {
  const width = tellingScatters(machine) + 1;
  const draws = alikeDraws(machine);
  const misses = Array.from({ length: width }, () => 0n);
  const follow = (fronts: readonly Front[], from: number): void => {
    const draw = draws[from];
    const atOnce = Math.ceil(mostStates / (draw?.moves.length ?? 1));
    for (let i = 0; draw && i < fronts.length; i += atOnce) {
      const part = fronts.slice(i, i + atOnce);
      follow([...drawn(machine, part, draw, width, true).values()], from + 1);
    }
    if (draw) return;
    for (const [scatters, byWin] of byScatters(fronts, width).entries()) {
      misses[scatters] = (misses[scatters] ?? 0n) + (byWin.get(0) ?? 0n);
    }
  };
  follow([firstFront(machine)], 0);
  return misses;
}

function firstFront({ table }: Machine): Front {
  const states = [table.start < table.settled ? settled : table.start];
  return { states, counts: new Map([[0, 1n]]) };
}

/** The fronts after one more draw. */
function drawn(
  machine: Machine,
  fronts: readonly Front[],
  draw: AlikeDraw,
  width: number,
  missesOnly: boolean,
): Map<string, Front> {
  const after = new Map<string, Front>();
  for (const front of fronts) {
    for (const arc of arcsFrom(machine, front, draw, missesOnly)) {
      const target = after.get(arc.key) ?? { states: arc.states, counts: new Map() };
      after.set(arc.key, target);
      flow(front.counts, target.counts, arc, width);
    }
  }
  return after;
}

function arcsFrom(
  { table, wins }: Machine,
  front: Front,
  draw: AlikeDraw,
  missesOnly: boolean,
): Iterable<Arc> {
  const arcs = new Map<string, Arc>();
  for (const { symbols, scatters, ways } of draw.shownTo(front.states)) {
    let [won, missed] = [0, true];
    const states = draw.moves.map(({ from, cell, lines }) => {
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
function byScatters(fronts: readonly Front[], width: number): Map<number, bigint>[] {
  const screens = Array.from({ length: width }, () => new Map<number, bigint>());
  for (const { counts } of fronts) {
    for (const [key, count] of counts) screens[key % width]?.set(Math.floor(key / width), count);
  }
  return screens;
}
