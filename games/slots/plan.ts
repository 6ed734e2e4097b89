// What each draw of a screen tells of its lines: the common ground of counting and of searching screens.
import type { Machine } from "./machine.ts";
import type { Option, Step } from "./reels.ts";

type Line = readonly number[];

/** A result of a draw; those that differ only in cells which no line reads are one. */
export interface Shown extends Option {
  readonly scatters: number;
}

/**
 * Lines with the same rows so far are in the same state: they share a place. A move says for a place after the
 * draw which place it comes from, and which of the drawn cells it reads; none if that comes with a later draw.
 */
export interface Move {
  readonly from: number;
  readonly cell: number | undefined;
  readonly lines: number;
}

export interface Draw {
  readonly reel: number;
  readonly moves: readonly Move[];
  readonly shown: readonly Shown[];
}

interface Place {
  readonly lines: readonly Line[];
  /** How many reels its state has read. */
  readonly reel: number;
}

interface Parted {
  readonly place: Place;
  readonly from: number;
  readonly cell: number | undefined;
}

/** The draws of a screen, one after another, as these lines see them; at first all share one place. */
export function planOf(machine: Machine, lines: readonly Line[]): Draw[] {
  let places: Place[] = [{ lines, reel: 0 }];
  return machine.reels.steps.map((step) => {
    const parted = places.flatMap((place, from) => part(place, from, step));
    places = parted.map(({ place }) => place);
    const moves = parted.map(({ place, from, cell }) => ({
      from,
      cell,
      lines: place.lines.length,
    }));
    return { reel: step.reel, moves, shown: shownBy(step, moves, machine.scatter) };
  });
}

/** Lines that read different rows part; those that read a later cell of the reel wait. */
function part(place: Place, from: number, { reel, rows }: Step): Parted[] {
  if (place.reel !== reel) return [{ place, from, cell: undefined }];
  const byCell = Map.groupBy(place.lines, (line) => rows.indexOf(line[reel] ?? 0));
  return [...byCell].map(([cell, lines]) =>
    cell < 0
      ? { place: { lines, reel }, from, cell: undefined }
      : { place: { lines, reel: reel + 1 }, from, cell },
  );
}

function shownBy({ options }: Step, moves: readonly Move[], scatter: number | undefined): Shown[] {
  const read = new Set(moves.map(({ cell }) => cell));
  const merged = new Map<string, Shown>();
  for (const { symbols, ways } of options) {
    const scatters = symbols.filter((symbol) => symbol === scatter).length;
    const seen = symbols.map((symbol, cell) => (read.has(cell) ? symbol : -1));
    const key = `${seen};${scatters}`;
    merged.set(key, { symbols, scatters, ways: ways + (merged.get(key)?.ways ?? 0n) });
  }
  return [...merged.values()];
}
