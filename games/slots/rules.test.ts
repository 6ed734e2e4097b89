import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { enumerate } from "../enumerate.ts";
import { FastDraws } from "../fast-draws.ts";
import { compare, toText } from "../fraction.ts";
import { IllegalAction, type Json } from "../game.ts";
import { engines } from "../index.ts";
import { absurdities, drawing, exampleConfig, ready, refusedOrPlayed, stake } from "../testing.ts";
import { referenceRound } from "./reference.ts";
import type { Sheet } from "./sheet.ts";
import { sheets } from "./testing.ts";

const engine = engines.get("slots") ?? assert.fail();

/** Five reels of one cell: "A A W S B" is what the line shows. Each strip lists all symbols once. */
const all = ["A", "B", "C", "S", "W"];
const single = {
  rows: 1,
  lines: [[0, 0, 0, 0, 0]],
  reels: [all, all, all, all, all],
};

/** What a sheet pays for these symbols, one on each reel. */
function paid(sheet: { [name: string]: Json }, line: string): string {
  const compiled = ready(engine, { ...single, ...sheet });
  const stops = line.split(" ").map((name) => ({ n: all.length, value: all.indexOf(name) }));
  const state = engine.start(compiled.prepared, {}, drawing(...stops));
  return toText(engine.tally(compiled.prepared, state).payout);
}

describe("a line of slots", () => {
  const pays = { A: { 2: "1", 3: "5", 5: "100" }, B: { 3: "4" } };
  const plain: [string, string][] = [
    ["A A A B C", "5"],
    ["A A B A A", "1"],
    ["A B A A A", "0"],
    ["B A A A A", "0"],
    ["A A A A B", "5"],
    ["A A A A A", "100"],
    ["B B B B B", "4"],
    ["C C C C C", "0"],
    ["S S S S S", "0"],
  ];
  for (const [line, expected] of plain) {
    it(`pays ${expected} for ${line}, from the left, by the listed counts`, () => {
      assert.equal(paid({ pays }, line), expected);
    });
  }

  it("pays its highest single win, even if a longer one is worth less", () => {
    assert.equal(paid({ pays: { A: { 2: "9", 3: "5" } } }, "A A A B B"), "9");
  });

  const wild = { symbol: "W" };
  const own = { A: { 3: "5", 5: "100" }, B: { 3: "4" }, W: { 2: "3", 3: "20" } };
  const wilds: [string, string, string][] = [
    ["stands for any symbol", "W A A B B", "5"],
    ["stands in the middle", "A W A C C", "5"],
    ["stands at the end", "B B W C C", "4"],
    ["stands between two symbols for neither of them alone", "A W B B B", "0"],
    ["pays its own where that is more", "W W A C C", "5"],
    ["pays two of its own", "W W C C C", "3"],
    ["pays three of its own, not three of a lesser symbol", "W W W B B", "20"],
    ["counts as any symbol where that is more", "W W W W W", "100"],
    ["is as good in a longer win", "W W W A A", "100"],
  ];
  for (const [name, line, expected] of wilds) {
    it(`has a wild that ${name}: ${line} pays ${expected}`, () => {
      assert.equal(paid({ pays: own, wild }, line), expected);
    });
  }

  it("counts wilds alone as any symbol without a pay of their own", () => {
    assert.equal(paid({ pays, wild }, "W W W W W"), "100");
    assert.equal(paid({ pays, wild }, "W W C C C"), "1");
  });

  const doubled: [string, boolean, string, string][] = [
    ["once for one wild", false, "A W A C C", "10"],
    ["once for two wilds", false, "A W W C C", "10"],
    ["not for a wild beyond the win", false, "A A A C W", "5"],
    ["to its own win too", false, "W W C C C", "6"],
    ["for each of two wilds", true, "A W W C C", "20"],
    ["for each of three in its own win", true, "W W W C C", "160"],
    ["only within the win that it is in", true, "A A W C W", "10"],
  ];
  for (const [name, each, line, expected] of doubled) {
    it(`multiplies ${name}: ${line} pays ${expected}`, () => {
      assert.equal(
        paid({ pays: own, wild: { symbol: "W", multiplier: "2", each } }, line),
        expected,
      );
    });
  }

  it("compares wins after the wild's multiplier", () => {
    // Three A without a wild pay 5; four with one pay 4 × 1/2, or 4 × 2.
    const table = { A: { 3: "5", 4: "4" } };
    assert.equal(paid({ pays: table, wild: { symbol: "W", multiplier: "1/2" } }, "A A A W C"), "5");
    assert.equal(paid({ pays: table, wild: { symbol: "W", multiplier: "2" } }, "A A A W C"), "8");
  });

  const groups = { mixed: { symbols: ["A", "B"], pays: { 3: "2", 4: "7" } } };
  const mixed: [string, string][] = [
    ["A B A C C", "2"],
    ["A A A C C", "5"],
    ["A A A B C", "7"],
    ["B A W A C", "7"],
    ["W B A C C", "2"],
    ["W W W C C", "5"],
    ["A B C A B", "0"],
  ];
  for (const [line, expected] of mixed) {
    it(`pays a group of any of its symbols or wild: ${line} pays ${expected}`, () => {
      assert.equal(paid({ pays: { A: { 3: "5" } }, wild, groups }, line), expected);
    });
  }

  it("never takes a wild for the scatter, not on a line either", () => {
    const scatter = { symbol: "S", pays: { 2: "1" } };
    const table = { pays: { S: { 2: "50" } }, wild, scatter };
    assert.equal(paid(table, "S W C C C"), "0");
    assert.equal(paid(table, "S S C C C"), "51");
    const group = { g: { symbols: ["S"], pays: { 2: "9" } } };
    assert.equal(paid({ pays: {}, wild, scatter, groups: group }, "W W C C C"), "0");
  });

  it("may have one symbol as wild and scatter", () => {
    const table = { pays: { A: { 3: "5" } }, wild, scatter: { symbol: "W", pays: { 2: "7" } } };
    assert.equal(paid(table, "W A W C C"), "12");
  });

  it("pays scatters anywhere, by the largest count that is not above their number", () => {
    const scatter = { symbol: "S", pays: { 2: "3", 4: "1" } };
    const cells: [string, string][] = [
      ["A S A A A", "0"],
      ["S A A A S", "3"],
      ["S A S A S", "3"],
      ["S S A S S", "1"],
      ["S S S S S", "1"],
    ];
    for (const [line, expected] of cells) assert.equal(paid({ pays: {}, scatter }, line), expected);
  });
});

describe("a screen of slots", () => {
  const strips = {
    rows: 2,
    lines: [
      [0, 0],
      [1, 1],
      [0, 1],
    ],
    pays: { A: { 2: "2" } },
    reels: [
      ["A", "B", "S"],
      ["A", "A", "S", "B"],
    ],
    scatter: { symbol: "S", pays: { 2: "1/2" } },
  };

  function spin(sheet: Json, ...told: { n: number; value: number }[]) {
    const { prepared } = ready(engine, sheet);
    const state = engine.start(prepared, {}, drawing(...told));
    return {
      outcome: engine.outcome(prepared, state, toText),
      payout: toText(engine.tally(prepared, state).payout),
    };
  }

  it("shows each reel from its stop down, and strips wrap", () => {
    const { outcome } = spin(strips, { n: 3, value: 2 }, { n: 4, value: 3 });
    assert.deepEqual(outcome, {
      spins: [
        [
          ["S", "A"],
          ["B", "A"],
        ],
      ],
    });
  });

  it("wraps strips that are shorter than the screen", () => {
    const sheet = { rows: 4, lines: [[3]], pays: {}, reels: [["A", "B", "S"]] };
    assert.deepEqual(spin(sheet, { n: 3, value: 1 }).outcome, { spins: [[["B", "S", "A", "B"]]] });
  });

  it("pays lines per line stake and scatters per stake, added", () => {
    // A B | A A: the first line and the third win 2 on a third of the stake each.
    assert.equal(spin(strips, { n: 3, value: 0 }, { n: 4, value: 0 }).payout, "4/3");
    // B S | A S: nothing but two scatters.
    assert.equal(spin(strips, { n: 3, value: 1 }, { n: 4, value: 1 }).payout, "1/2");
    // S A | A S: two scatters and no line.
    assert.equal(spin(strips, { n: 3, value: 2 }, { n: 4, value: 1 }).payout, "1/2");
  });

  it("draws weights cell by cell, the symbols in ascending order of their UTF-8 bytes", () => {
    // In UTF-16 the last two would change places: "𝄞" begins with a surrogate, below U+FF21.
    const weights = { Ａ: [1, 0], "𝄞": [2, 1], b: [3, 1], B: [1, 0], é: [1, 2] };
    const sheet = { rows: 2, lines: [[0, 0]], pays: {}, weights };
    const order = ["B", "b", "b", "b", "é", "Ａ", "𝄞", "𝄞"];
    for (const [value, name] of order.entries()) {
      const told = [
        { n: 8, value },
        { n: 8, value: 0 },
        { n: 4, value: 0 },
        { n: 4, value: 3 },
      ];
      const expected = [
        [name, "B"],
        ["b", "𝄞"],
      ];
      assert.deepEqual(spin(sheet, ...told).outcome, { spins: [expected] });
    }
  });

  it("takes nothing from the stream where a reel can only show one thing", () => {
    const one = { rows: 1, lines: [[0, 0]], pays: { A: { 2: "2" } }, reels: [["A"], ["A", "B"]] };
    const { prepared } = ready(engine, one);
    const sizes: number[] = [];
    const below = (n: number) => {
      sizes.push(n);
      return 0;
    };
    const draws = { ...drawing(), below };
    assert.equal(toText(engine.tally(prepared, engine.start(prepared, {}, draws)).payout), "2");
    assert.deepEqual(sizes, [1, 2], "and below(1) takes nothing");
  });
});

describe("free spins", () => {
  /** One reel with one cell: S wins free spins and 1, A wins 2, B nothing. */
  function play(freeSpins: Json, line: string) {
    const reel = ["A", "B", "S"];
    const sheet = {
      rows: 1,
      lines: [[0]],
      pays: { A: { 1: "2" } },
      reels: [reel],
      scatter: { symbol: "S", pays: { 1: "1" } },
      freeSpins,
    };
    const { prepared } = ready(engine, sheet);
    const stops = line.split(" ").map((name) => ({ n: 3, value: reel.indexOf(name) }));
    const state = engine.start(prepared, {}, drawing(...stops));
    const { spins } = engine.outcome(prepared, state, toText) as { spins: string[][][] };
    assert.equal(spins.flat(2).join(" "), line, "just these spins were won");
    return toText(engine.tally(prepared, state).payout);
  }

  const rounds: [string, Json, string, string][] = [
    ["are not won without scatters", { trigger: 1, count: 2 }, "A", "2"],
    ["are not won with too few", { trigger: 2, count: 2 }, "S", "1"],
    ["follow the spin that wins them", { trigger: 1, count: 2 }, "S A B", "3"],
    [
      "pay lines and scatters times their multiplier",
      { trigger: 1, count: 2, multiplier: "3", retrigger: false },
      "S A S",
      "10",
    ],
    ["pay a fraction", { trigger: 1, count: 1, multiplier: "3/2" }, "S A", "4"],
    ["add to themselves", { trigger: 1, count: 2 }, "S S A B A", "6"],
    ["add on the last of them", { trigger: 1, count: 1 }, "S S S S A", "6"],
    ["add nothing without retrigger", { trigger: 1, count: 2, retrigger: false }, "S S A", "4"],
    ["end at max, the first award included", { trigger: 1, count: 3, max: 2 }, "S A A", "5"],
    ["end at max with retriggers", { trigger: 1, count: 2, max: 3 }, "S S S S", "4"],
    ["may be many", { trigger: 1, count: 1, max: 4 }, "S S S S S", "5"],
  ];
  for (const [name, freeSpins, line, expected] of rounds) {
    it(`${name}: ${line} pays ${expected}`, () => assert.equal(play(freeSpins, line), expected));
  }

  it("have the defaults of the contract", () => {
    const scatter = { symbol: "S", pays: {} };
    const sheet = { ...single, pays: {}, scatter, freeSpins: {}, wild: { symbol: "W" } };
    const { config } = ready(engine, sheet);
    const filled = config as unknown as Sheet;
    assert.deepEqual(filled.freeSpins, {
      trigger: 3,
      count: 10,
      multiplier: "1",
      retrigger: true,
      max: 100,
    });
    assert.deepEqual(filled.wild, { symbol: "W", multiplier: "1", each: false });
  });
});

describe("slots", () => {
  it("pays every possible round of small sheets as the rules say, and never above its bound", () => {
    fc.assert(
      fc.property(sheets, (config) => {
        const { config: sheet, prepared } = ready(engine, config);
        const bound = engine.bound(prepared, {});
        const rounds = enumerate((draws) => {
          const told: number[] = [];
          const below = (n: number) => told[told.push(draws.below(n)) - 1] ?? 0;
          const state = engine.start(prepared, {}, { ...drawing(), below });
          return { state, told };
        });
        for (const { value } of rounds) {
          const { spins, pays } = referenceRound(
            sheet as unknown as Sheet,
            () => value.told.shift() ?? assert.fail("the rules draw no more than this"),
          );
          const { payout, staked } = engine.tally(prepared, value.state);
          assert.equal(value.told.length, 0);
          assert.deepEqual(engine.outcome(prepared, value.state, toText), { spins });
          assert.deepEqual([toText(payout), toText(staked)], [toText(pays), "1"]);
          assert.ok(compare(payout, bound) <= 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("has one step and no choices", () => {
    const { prepared, checkAction } = ready(engine, exampleConfig("slots"));
    const state = engine.start(prepared, {}, new FastDraws("x"));
    assert.deepEqual(engine.legalActions(prepared, state), []);
    assert.equal(checkAction({ type: "spin" })[0]?.pointer, "/type");
    const act = () =>
      engine.act(prepared, state, { type: "spin" }, new FastDraws("x"), { by: "player" });
    assert.throws(act, IllegalAction);
    assert.throws(() => engine.defaultAction(prepared, state));
  });

  it("takes the empty bet and nothing else", () => {
    const compiled = ready(engine, exampleConfig("slots"));
    assert.deepEqual(compiled.checkBet({}, stake), []);
    assert.equal(compiled.checkBet({ lines: 5 }, stake)[0]?.pointer, "/lines");
    for (const bet of absurdities) refusedOrPlayed(compiled, bet, new FastDraws("x"));
  });
});
