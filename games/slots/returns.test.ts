import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { enumerate, gather, returnEntry } from "../enumerate.ts";
import {
  add,
  compare,
  type Fraction,
  fraction,
  max,
  mul,
  sub,
  toDecimal,
  toText,
  zero,
} from "../fraction.ts";
import type { Json, ReturnEntry } from "../game.ts";
import { engines } from "../index.ts";
import { simulate } from "../simulate.ts";
import { exampleConfig, ready } from "../testing.ts";
import { screenSums, squareSums, winSums } from "./moments.ts";
import { referenceRound } from "./reference.ts";
import type { Config } from "./rules.ts";
import { countMisses, countScreens } from "./screens.ts";
import type { Sheet } from "./sheet.ts";
import { sheets } from "./testing.ts";

const engine = engines.get("slots") ?? assert.fail();

function prepared(config: Json): Config {
  return ready(engine, config).prepared as Config;
}

function entryOf(config: Json): ReturnEntry {
  const [entry, ...more] = engine.returns(prepared(config));
  assert.ok(entry && more.length === 0);
  return entry;
}

/** The figures from every possible round, each played and paid as the rules' words say. */
function bruteForce(config: Json): ReturnEntry {
  const sheet = ready(engine, config).config as unknown as Sheet;
  const rounds = enumerate((draws) => referenceRound(sheet, (n) => draws.below(n)).pays);
  const outcomes = [...rounds].map(({ value, probability }) => ({
    multiplier: value,
    probability,
  }));
  return returnEntry({}, gather(outcomes));
}

function texts({ rtp, variance, hitRate }: ReturnEntry): string[] {
  return [rtp, variance, hitRate].map(toText);
}

function highest(entry: ReturnEntry): Fraction {
  return (entry.outcomes ?? []).map(({ multiplier }) => multiplier).reduce(max, zero);
}

/** A sheet of so many rows and reels with a wild, scatters and lines that cross. */
function grown(rows: number, reels: number, lines: number): { [name: string]: Json } {
  const names = ["A", "B", "C", "D", "E", "F", "G", "H", "W", "S"];
  const row = (line: number, reel: number) => Math.floor((line * 11) / rows ** reel) % rows;
  const paysOf = (i: number) =>
    Object.fromEntries(
      [i + 2, 3 * i + 9, 40 * i + 50].slice(0, reels - 2).map((pay, k) => [k + 3, String(pay)]),
    );
  return {
    rows,
    lines: Array.from({ length: lines }, (_, line) =>
      Array.from({ length: reels }, (__, reel) => row(line, reel)),
    ),
    pays: Object.fromEntries(names.slice(0, 8).map((name, i) => [name, paysOf(i)])),
    wild: { symbol: "W", multiplier: "2" },
    scatter: { symbol: "S", pays: { 3: "2", 4: "10", 5: "50" } },
    weights: Object.fromEntries(
      names.map((name, i) => [
        name,
        Array.from({ length: reels }, (_, reel) => 1 + ((i + reel) % 4)),
      ]),
    ),
  };
}

describe("the returns of slots", () => {
  it("are those of every possible round, for small sheets of every kind", () => {
    fc.assert(
      fc.property(sheets, (config) => {
        const counted = entryOf(config);
        const tried = bruteForce(config);
        assert.deepEqual(texts(counted), texts(tried));
        assert.deepEqual(engine.expected(prepared(config), {}), counted.rtp);
        if (counted.outcomes) {
          const sorted = tried.outcomes?.toSorted((a, b) => compare(a.multiplier, b.multiplier));
          assert.deepEqual(counted.outcomes, sorted);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("bound a round by the largest that can come, exactly for small sheets", () => {
    fc.assert(
      fc.property(sheets, (config) => {
        const { largest } = prepared(config);
        const reached = highest(bruteForce(config));
        assert.equal(toText(largest), toText(reached));
      }),
      { numRuns: 60 },
    );
  });

  it("are the same from sums over pairs of lines as from the count of all screens", () => {
    const example = exampleConfig("slots");
    for (const config of [example, grown(2, 4, 4), { ...grown(3, 3, 5), freeSpins: {} }]) {
      const machine = prepared(config);
      const screens = countScreens(machine) ?? assert.fail();
      const sumOf = (of: (win: bigint) => bigint) =>
        screens.map((byWin) =>
          [...byWin].reduce((sum, [win, count]) => sum + of(BigInt(win)) * count, 0n),
        );
      assert.deepEqual(
        screenSums(machine),
        sumOf(() => 1n),
      );
      assert.deepEqual(
        winSums(machine),
        sumOf((win) => win),
      );
      assert.deepEqual(
        squareSums(machine),
        sumOf((win) => win * win),
      );
      assert.deepEqual(
        countMisses(machine),
        screens.map((byWin) => byWin.get(0) ?? 0n),
      );
    }
  });

  it("are known in figures where the distribution is too large to list", () => {
    const entry = entryOf(grown(3, 5, 10));
    assert.equal(entry.outcomes, null);
    const result = simulate(ready(engine, grown(3, 5, 10)), 100_000, "weights");
    assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
  });

  it("give a symmetric 3 × 1 game its closed form", () => {
    // Ten symbols on each reel, each once: three alike in 10 of 1,000 ways, and each pays 90.
    const reel = Array.from({ length: 10 }, (_, i) => String(i));
    const pays = Object.fromEntries(reel.map((name) => [name, { 3: "90" }]));
    const { rtp, variance, hitRate } = entryOf({
      rows: 1,
      lines: [[0, 0, 0]],
      pays,
      reels: [reel, reel, reel],
    });
    assert.deepEqual([toText(rtp), toText(hitRate)], ["9/10", "1/100"]);
    assert.deepEqual(variance, sub(fraction(81), mul(rtp, rtp)));
  });

  it("follow free spins to their end: without a cap in reach each adds its own mean", () => {
    // A trigger in one of four screens; at most 3 free spins: 1, and up to 2 retriggered.
    const scatter = { symbol: "S", pays: { 1: "1" } };
    const freeSpins = { trigger: 1, count: 1, multiplier: "2", max: 3 };
    const sheet = {
      rows: 1,
      lines: [[0]],
      pays: {},
      reels: [["S", "A", "B", "C"]],
      scatter,
      freeSpins,
    };
    const { rtp, hitRate } = entryOf(sheet);
    // Spins played: 1 + 1/4 · (1 + 1/4 · (1 + 1/4)); each but the first pays 2 × 1/4.
    const free = fraction(21, 64);
    assert.deepEqual(rtp, add(fraction(1, 4), mul(free, fraction(1, 2))));
    assert.equal(toText(hitRate), "1/4");
  });

  it("prove the Atkins Diet in well under ten seconds", () => {
    const machine = prepared(exampleConfig("slots"));
    const started = performance.now();
    const [entry] = engine.returns(machine);
    assert.ok(entry && performance.now() - started < 10_000);
    assert.equal(
      screenSums(machine).reduce((a, b) => a + b),
      33_554_432n,
    );
    assert.equal(toDecimal(entry.rtp, 6), "0.970458");
    assert.equal(toDecimal(entry.variance, 6), "19.124212");
    assert.equal(toText(entry.hitRate), "15537869/33554432");
    // The best screen wins 286.10, a triggering one 102.50: ten free spins and nine more awards of ten.
    assert.equal(toText(machine.largest), "809753/10");
    // Without free spins the whole distribution is known, and with it the largest win.
    const { freeSpins: _, ...base } = exampleConfig("slots") as { [name: string]: Json };
    assert.equal(toText(highest(entryOf(base))), toText(prepared(base).largest));
  });

  it("are met by the simulator", () => {
    const compiled = ready(engine, exampleConfig("slots"));
    const result = simulate(compiled, 400_000, "slots");
    assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    const { variance } = entryOf(exampleConfig("slots"));
    const measured = result.standardError ** 2 * result.rounds;
    assert.ok(Math.abs(measured / Number(toDecimal(variance, 6)) - 1) < 0.2);
  });
});
