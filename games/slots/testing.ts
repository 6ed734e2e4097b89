// Small sheets for property tests.
import fc from "fast-check";
import type { Json } from "../game.ts";

const names = ["A", "B", "W", "S"];
const pay = fc.constantFrom("0", "1", "2", "3", "5", "1.5", "7/3", "20");
const byCount = (most: number) =>
  fc.dictionary(fc.integer({ min: 1, max: most }).map(String), pay, { maxKeys: 3 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Small sheets of every kind: few enough screens to try each round. */
export const sheets: fc.Arbitrary<Json> = fc
  .record({ reels: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 2 }) })
  .chain(({ reels, rows }) => {
    const strip = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 });
    const weight = fc.integer({ min: 0, max: 2 });
    const row = fc.integer({ min: 0, max: rows - 1 });
    const line = fc.array(row, { minLength: reels, maxLength: reels });
    const factor = fc.constantFrom("1", "2", "3", "1/2");
    const group = fc.record({
      symbols: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
      pays: byCount(reels),
    });
    return fc.record({
      rows: fc.constant(rows),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
      pays: fc.dictionary(fc.constantFrom(...names), byCount(reels), { maxKeys: 4 }),
      reels: optional(fc.array(strip, { minLength: reels, maxLength: reels })),
      weights: fc.record({
        A: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: reels, maxLength: reels }),
        S: fc.array(weight, { minLength: reels, maxLength: reels }),
        W: fc.array(weight, { minLength: reels, maxLength: reels }),
      }),
      wild: optional(
        fc.record({ symbol: fc.constant("W"), multiplier: factor, each: fc.boolean() }),
      ),
      scatter: optional(
        fc.record({ symbol: fc.constantFrom("S", "W"), pays: byCount(reels * rows) }),
      ),
      groups: fc.dictionary(fc.constantFrom("some", "others"), group, { maxKeys: 2 }),
      freeSpins: optional(
        fc.record({
          trigger: fc.integer({ min: 1, max: 2 }),
          count: fc.integer({ min: 1, max: 2 }),
          multiplier: factor,
          retrigger: fc.boolean(),
          max: fc.integer({ min: 1, max: 3 }),
        }),
      ),
    });
  })
  .map(playable);

/** Leaves out what contradicts: both kinds of reels, symbols that are on none, free spins without scatters. */
function playable(drawn: { [name: string]: Json | undefined }): Json {
  const sheet = JSON.parse(JSON.stringify(drawn));
  const screens = (sheet.reels ?? []).reduce((n: number, strip: Json[]) => n * strip.length, 1);
  if (sheet.reels && screens > 1) delete sheet.weights;
  else delete sheet.reels;
  const known = sheet.reels ? sheet.reels.flat() : Object.keys(sheet.weights);
  const isKnown = (name: string) => known.includes(name);
  sheet.pays = Object.fromEntries(Object.entries(sheet.pays).filter(([name]) => isKnown(name)));
  for (const [name, group] of Object.entries<{ symbols: string[] }>(sheet.groups)) {
    group.symbols = group.symbols.filter(isKnown);
    if (group.symbols.length === 0) delete sheet.groups[name];
  }
  if (sheet.wild && !isKnown(sheet.wild.symbol)) delete sheet.wild;
  if (sheet.scatter && !isKnown(sheet.scatter.symbol)) delete sheet.scatter;
  // Every round is tried: screens to the power of the spins.
  if (!sheet.scatter || (sheet.weights && sheet.rows * sheet.lines[0].length > 2)) {
    delete sheet.freeSpins;
  }
  return sheet;
}
