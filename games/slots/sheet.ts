// A slot's configuration as it is written, and what a schema cannot say of it.
import { parseFraction } from "../fraction.ts";
import type { Problem } from "../game.ts";
import { pointerSegment } from "../schema.ts";

/** The multipliers by count, as written: {"3": "5", "5": "100"}. */
export type PaysByCount = { [count: string]: string };

/** A configuration that has passed its schema, with its defaults. */
export interface Sheet {
  rows: number;
  lines: number[][];
  pays: { [symbol: string]: PaysByCount };
  reels?: string[][];
  weights?: { [symbol: string]: number[] };
  wild?: { symbol: string; multiplier: string; each: boolean };
  scatter?: { symbol: string; pays: PaysByCount };
  freeSpins?: {
    trigger: number;
    count: number;
    multiplier: string;
    retrigger: boolean;
    max: number;
  };
  groups?: { [name: string]: { symbols: string[]; pays: PaysByCount } };
}

/** How many reels there are; the weights' first symbol speaks for all. */
export function reelCount({ reels, weights }: Sheet): number {
  return (reels ?? Object.values(weights ?? {})[0] ?? []).length;
}

/** The symbols on the reels, in ascending order of their UTF-8 bytes: the order of `weights`. */
export function symbolsOf({ reels, weights }: Sheet): string[] {
  const names = new Set(reels ? reels.flat() : Object.keys(weights ?? {}));
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Everything wrong with it, field by field. */
export function problemsOf(sheet: Sheet): Problem[] {
  const reels = reelProblems(sheet);
  if (reels.length > 0) return reels;
  return [
    ...lineProblems(sheet),
    ...payProblems(sheet),
    ...symbolProblems(sheet),
    ...featureProblems(sheet),
  ];
}

function reelProblems({ reels, weights }: Sheet): Problem[] {
  if (reels && weights) {
    return [{ pointer: "/weights", message: "the reels are given twice: give reels or weights" }];
  }
  if (reels) return [];
  if (!weights) {
    const message = "is required, add it: the strips of symbols, or give weights instead";
    return [{ pointer: "/reels", message }];
  }
  const entries = Object.entries(weights);
  const count = entries[0]?.[1].length ?? 0;
  const uneven = entries.filter(([, byReel]) => byReel.length !== count);
  const empty = Array.from({ length: count }, (_, reel) => reel).filter((reel) =>
    entries.every(([, byReel]) => (byReel[reel] ?? 0) === 0),
  );
  return [
    ...uneven.map(([name, byReel]) => ({
      pointer: `/weights/${pointerSegment(name)}`,
      message: `has ${byReel.length} weights where the first symbol has ${count}: give one for each reel`,
    })),
    ...empty.map((reel) => ({
      pointer: "/weights",
      message: `reel ${reel + 1} has no symbol: give one a weight above 0 there`,
    })),
  ];
}

function lineProblems(sheet: Sheet): Problem[] {
  const reels = reelCount(sheet);
  return sheet.lines.flatMap((line, i) => {
    if (line.length !== reels) {
      const message = `has ${line.length} rows for ${reels} reels: give one for each reel`;
      return [{ pointer: `/lines/${i}`, message }];
    }
    return line.flatMap((row, reel) => {
      if (row < sheet.rows) return [];
      const message = `there is no row ${row}: choose one of 0 … ${sheet.rows - 1}`;
      return [{ pointer: `/lines/${i}/${reel}`, message }];
    });
  });
}

function payProblems(sheet: Sheet): Problem[] {
  const reels = reelCount(sheet);
  const cells = reels * sheet.rows;
  const onLines = [
    ...Object.entries(sheet.pays).map(([name, pays]) => ({
      at: `/pays/${pointerSegment(name)}`,
      pays,
    })),
    ...Object.entries(sheet.groups ?? {}).map(([name, { pays }]) => ({
      at: `/groups/${pointerSegment(name)}/pays`,
      pays,
    })),
  ];
  const beyond = (at: string, pays: PaysByCount, most: number, of: string): Problem[] =>
    Object.keys(pays)
      .filter((count) => Number(count) > most)
      .map((count) => ({
        pointer: `${at}/${count}`,
        message: `${count} never come on ${most} ${of}: remove it, or list a count up to ${most}`,
      }));
  return [
    ...onLines.flatMap(({ at, pays }) => beyond(at, pays, reels, "reels")),
    ...beyond("/scatter/pays", sheet.scatter?.pays ?? {}, cells, "cells"),
  ];
}

/** A symbol that is on no reel is a slip of the pen: what it pays would never be won. */
function symbolProblems(sheet: Sheet): Problem[] {
  const known = symbolsOf(sheet);
  const named = [
    ...Object.keys(sheet.pays).map((name) => ({ name, at: `/pays/${pointerSegment(name)}` })),
    ...Object.entries(sheet.groups ?? {}).flatMap(([group, { symbols }]) =>
      symbols.map((name, i) => ({ name, at: `/groups/${pointerSegment(group)}/symbols/${i}` })),
    ),
    ...[sheet.wild].flatMap((it) => (it ? [{ name: it.symbol, at: "/wild/symbol" }] : [])),
    ...[sheet.scatter].flatMap((it) => (it ? [{ name: it.symbol, at: "/scatter/symbol" }] : [])),
  ];
  const reels = sheet.reels ? "/reels" : "/weights";
  const broken = known.filter((name) => !name.isWellFormed());
  return [
    ...broken.map((name) => ({
      pointer: reels,
      message: `${JSON.stringify(name)} is no text: name the symbol in whole characters`,
    })),
    ...named
      .filter(({ name }) => !known.includes(name))
      .map(({ name, at }) => ({
        pointer: at,
        message: `"${name}" is on no reel: use one of ${known.slice(0, 20).join(", ")}`,
      })),
  ];
}

function featureProblems({ wild, scatter, freeSpins }: Sheet): Problem[] {
  const factors = [
    ...(wild ? [{ pointer: "/wild/multiplier", text: wild.multiplier }] : []),
    ...(freeSpins ? [{ pointer: "/freeSpins/multiplier", text: freeSpins.multiplier }] : []),
  ];
  const problems = factors
    .filter(({ text }) => parseFraction(text).n === 0n)
    .map(({ pointer }) => ({ pointer, message: "must be above 0: 1 leaves wins as they are" }));
  if (freeSpins && !scatter) {
    const message = "is required, add it: free spins are won by scatters";
    problems.push({ pointer: "/scatter", message });
  }
  return problems;
}
