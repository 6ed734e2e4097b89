import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FastDraws } from "../games/fast-draws.ts";
import type { Json } from "../games/game.ts";
import { readGame } from "../games/manifest.ts";
import type { Compiled } from "../games/play.ts";
import { compileNamed } from "../games/prove.ts";

const GAMES = join(import.meta.dirname, "../games");
const SYMBOLS = ["cherry", "lemon", "plum", "bell", "bar", "seven", "wild", "star"];

/** The configuration of an engine's example Game. */
export function exampleConfig(engine: string): Json {
  const read = readGame(readFileSync(join(GAMES, engine, "game.yaml"), "utf8"));
  if ("problems" in read) throw new Error(`${engine}'s example: ${JSON.stringify(read.problems)}`);
  return read.request.config;
}

/** A configuration ready for rounds. */
export function compiled(engine: string, config: Json): Compiled {
  const read = compileNamed(engine, config);
  if ("problem" in read) throw new Error(`${engine}: ${JSON.stringify(read.problems)}`);
  return read.compiled;
}

/** A slot machine that nobody tuned: shuffled strips and a few lines, the same at every run. */
export function madeUpSlots(
  reels: number,
  stops: number,
  lines: number,
): { [field: string]: Json } {
  const draws = new FastDraws(`slots ${reels} × ${stops}`);
  const strip = () => draws.shuffle(stops).map((i) => SYMBOLS[i % SYMBOLS.length] ?? "");
  const line = () => Array.from({ length: reels }, () => draws.below(3));
  const pays = (symbol: number) =>
    Object.fromEntries(
      Array.from({ length: reels - 2 }, (_, i) => [
        String(i + 3),
        String(20 * (symbol + 1) * 2 ** i),
      ]),
    );
  return {
    rows: 3,
    reels: Array.from({ length: reels }, strip),
    lines: Array.from({ length: lines }, line),
    pays: Object.fromEntries(SYMBOLS.slice(0, 6).map((symbol, i) => [symbol, pays(i)])),
  };
}

/** The same without strips: every cell of four rows by weights. */
export function madeUpWeights(reels: number, lines: number): { [field: string]: Json } {
  const { pays } = madeUpSlots(reels, 0, 0);
  const draws = new FastDraws(`weights ${reels}`);
  const each = (below: number) => Array.from({ length: reels }, () => draws.below(below));
  const weight = () => each(9).map((extra) => 1 + extra);
  return {
    rows: 4,
    weights: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, weight()])),
    lines: Array.from({ length: lines }, () => each(4)),
    pays: pays ?? {},
  };
}

/** The optional parts of slots, all of them at once. */
export const everySlotsPart: { [field: string]: Json } = {
  wild: { symbol: "wild", multiplier: "2", each: true },
  scatter: { symbol: "star", pays: { "4": "2", "5": "10" } },
  freeSpins: { trigger: 4, count: 8, multiplier: "2", retrigger: true, max: 100 },
  groups: { mixedFruit: { symbols: ["cherry", "lemon", "plum"], pays: { "3": "1", "5": "2" } } },
};
