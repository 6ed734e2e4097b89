import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { enumerate } from "../enumerate.ts";
import { FastDraws } from "../fast-draws.ts";
import { add, compare, fraction, mul, parseFraction, sub, toText, zero } from "../fraction.ts";
import type { Json } from "../game.ts";
import { engines } from "../index.ts";
import { simulate } from "../simulate.ts";
import {
  distorted,
  drawing,
  exampleConfig,
  faultsOf,
  ready,
  refusedOrPlayed,
  stake,
} from "../testing.ts";

const engine = engines.get("plinko") ?? assert.fail();
const published = exampleConfig("plinko") as {
  tables: { [rows: string]: { [risk: string]: string[] } };
};

/** A board of so many rows that pays its slot's number and a half. */
function counting(rows: number): string[] {
  return Array.from({ length: rows + 1 }, (_, slot) => `${slot}.5`);
}

function dropped(rows: number, path: number[]) {
  const { prepared } = ready(engine, { tables: { [rows]: { high: counting(rows) } } });
  const draws = drawing(...path.map((value) => ({ n: 2, value })));
  const state = engine.start(prepared, { rows, risk: "high" }, draws);
  assert.deepEqual(engine.legalActions(prepared, state), []);
  return {
    outcome: engine.outcome(prepared, state, toText),
    payout: toText(engine.tally(prepared, state).payout),
  };
}

describe("plinko", () => {
  const falls: [number[], number][] = [
    [[0], 0],
    [[1], 1],
    [[0, 1], 1],
    [[1, 0], 1],
    [[1, 1, 1, 1, 1, 1, 1, 1], 8],
    [[0, 0, 0, 0, 0, 0, 0, 0], 0],
    [[1, 0, 1, 1, 0, 0, 0, 1], 4],
    [Array.from({ length: 32 }, (_, i) => i % 2), 16],
  ];
  for (const [path, slot] of falls) {
    it(`counts the rights of ${path.join("")}: slot ${slot}`, () => {
      const payout = toText(fraction(2 * slot + 1, 2));
      assert.deepEqual(dropped(path.length, path), { outcome: { path, slot }, payout });
    });
  }

  it("pays by the table that was asked for", () => {
    const { prepared } = ready(engine, published);
    const draws = () => drawing(...Array.from({ length: 8 }, () => ({ n: 2, value: 0 })));
    for (const [risk, most] of [
      ["low", "5.6"],
      ["medium", "13"],
      ["high", "29"],
    ] as const) {
      const state = engine.start(prepared, { rows: 8, risk }, draws());
      assert.deepEqual(engine.tally(prepared, state).payout, parseFraction(most));
      assert.deepEqual(engine.bound(prepared, { rows: 8, risk }), parseFraction(most));
    }
  });

  it("has the published tables: symmetric, 8 to 16 rows, three risks", () => {
    assert.deepEqual(Object.keys(published.tables), [
      "8",
      "9",
      "10",
      "11",
      "12",
      "13",
      "14",
      "15",
      "16",
    ]);
    for (const [rows, risks] of Object.entries(published.tables)) {
      assert.deepEqual(Object.keys(risks), ["low", "medium", "high"]);
      for (const slots of Object.values(risks)) {
        assert.equal(slots.length, Number(rows) + 1);
        assert.deepEqual(slots, slots.toReversed());
      }
    }
    const tops = Object.values(published.tables).map((risks) => risks["high"]?.[0]);
    assert.deepEqual(tops, ["29", "43", "76", "120", "170", "260", "420", "620", "1000"]);
  });

  it("returns what all paths together pay", () => {
    const rows = fc.integer({ min: 1, max: 7 });
    const multiplier = fc.constantFrom("0", "0.2", "1", "1.1", "7/3", "26", "1000");
    const boards = rows.chain((count) =>
      fc.array(multiplier, { minLength: count + 1, maxLength: count + 1 }),
    );
    fc.assert(
      fc.property(boards, (slots) => {
        const { prepared } = ready(engine, { tables: { [slots.length - 1]: { any: slots } } });
        const [entry, ...more] = engine.returns(prepared);
        assert.ok(entry && more.length === 0);
        let [paid, square, hits] = [zero, zero, zero];
        for (const { value, probability } of enumerate((draws) => {
          const state = engine.start(prepared, entry.bet, draws);
          return engine.tally(prepared, state).payout;
        })) {
          paid = add(paid, mul(value, probability));
          square = add(square, mul(probability, mul(value, value)));
          if (value.n > 0n) hits = add(hits, probability);
        }
        assert.deepEqual(entry.rtp, paid);
        assert.deepEqual(entry.variance, sub(square, mul(paid, paid)));
        assert.deepEqual(entry.hitRate, hits);
        assert.deepEqual(engine.expected(prepared, entry.bet), paid);
      }),
      { numRuns: 40 },
    );
  });

  it("returns of the published tables what row after row of Pascal's triangle gives", () => {
    const entries = engine.returns(ready(engine, published).prepared);
    assert.equal(entries.length, 27);
    for (const { bet, rtp } of entries) {
      const { rows, risk } = bet as { rows: number; risk: string };
      // From the bottom up: standing above two slots is worth half of each.
      let worth = (published.tables[rows]?.[risk] ?? []).map(parseFraction);
      while (worth.length > 1) {
        worth = worth.slice(1).map((right, i) => mul(add(worth[i] ?? zero, right), fraction(1, 2)));
      }
      assert.deepEqual(rtp, worth[0]);
    }
  });

  it("lists rows ascending, and pays at most the best slot of all", () => {
    const { prepared } = ready(engine, {
      tables: { 2: { b: ["1", "0", "9"], a: ["2", "0", "2"] }, 1: { b: ["3", "0"] } },
    });
    assert.deepEqual(
      engine.returns(prepared).map(({ bet }) => bet),
      [
        { rows: 1, risk: "b" },
        { rows: 2, risk: "b" },
        { rows: 2, risk: "a" },
      ],
    );
    assert.equal(toText(engine.maxMultiplier(prepared)), "9");
  });

  it("is played to its return by the simulator", () => {
    for (const config of [published, { tables: { 12: { only: counting(12) } } }]) {
      const result = simulate(ready(engine, config), 40_000, "plinko");
      assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    }
  });

  const bets: [Json, string, RegExp][] = [
    [{ rows: 7, risk: "low" }, "/rows", /must be one of 8, 9/],
    [{ rows: "8", risk: "low" }, "/rows", /must be integer/],
    [{ rows: 8.5, risk: "low" }, "/rows", /must be integer/],
    [{ rows: 8, risk: "extreme" }, "/risk", /must be one of low, medium, high/],
    [{ rows: 8, risk: "constructor" }, "/risk", /must be one of/],
    [{ rows: 8 }, "/risk", /is required/],
    [{ rows: 8, risk: "low", balls: 2 }, "/balls", /not known here/],
  ];
  for (const [bet, pointer, message] of bets) {
    it(`refuses the bet ${JSON.stringify(bet)}`, () => {
      const [problem] = ready(engine, published).checkBet(bet, stake);
      assert.equal(problem?.pointer, pointer);
      assert.match(problem?.message ?? "", message);
    });
  }

  it("names the risks of a board that lacks the one asked for", () => {
    const { checkBet } = ready(engine, {
      tables: { 1: { a: ["0", "1"] }, 2: { b: ["0", "1", "2"] } },
    });
    assert.deepEqual(checkBet({ rows: 1, risk: "a" }, stake), []);
    const [problem] = checkBet({ rows: 1, risk: "b" }, stake);
    assert.deepEqual(
      [problem?.pointer, problem?.message],
      ["/risk", '1 rows have no risk "b": choose one of a'],
    );
  });

  for (const name of ["1", "high risk", "Élevé", "x_1.5+"]) {
    it(`takes a risk of the name ${name}`, () => {
      const { checkBet } = ready(engine, { tables: { 1: { [name]: ["0", "1"] } } });
      assert.deepEqual(checkBet({ rows: 1, risk: name }, stake), []);
    });
  }

  it("refuses absurd bets with pointers, or plays them within their bound", () => {
    const compiled = ready(engine, published);
    const draws = new FastDraws("absurd");
    for (const bet of distorted({ rows: 16, risk: "high" })) {
      assert.equal(refusedOrPlayed(compiled, bet, draws), "refused");
    }
    const rows = fc.oneof(fc.integer({ min: 7, max: 17 }), fc.double());
    const risk = fc.oneof(fc.constantFrom("low", "medium", "high", "__proto__"), fc.string());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ rows, risk })), (bet) => {
        refusedOrPlayed(compiled, bet as Json, draws);
      }),
    );
  });

  const faults: [Json, string, RegExp][] = [
    [{}, "/tables", /is required/],
    [{ tables: {} }, "/tables", /give 1: for each number of rows/],
    [{ tables: { 8: {} } }, "/tables/8", /give 1: for each risk/],
    [{ tables: { 8: { low: ["1", "1"] } } }, "/tables/8/low", /end in 9 slots, here are 2/],
    [{ tables: { 33: { low: ["1", "1"] } } }, "/tables/33", /give one of 1 … 32/],
    [{ tables: { 0: { low: ["1", "1"] } } }, "/tables/0", /give one of 1 … 32/],
    [{ tables: { "1e0": { low: ["1", "1"] } } }, "/tables/1e0", /give one of 1 … 32/],
    [{ tables: { 1: { "a/b": ["1", "1"] } } }, "/tables/1/a~1b", /no name of a risk/],
    [JSON.parse('{"tables": {"1": {"__proto__": ["1", "1"]}}}'), "/tables/1/__proto__", /no name/],
    [{ tables: { 1: { low: ["1", -1] } } }, "/tables/1/low/1", /must be string/],
    [{ tables: { 1: { low: ["1", "-1"] } } }, "/tables/1/low/1", /such as "5.6"/],
    [{ tables: { 1: { low: "11" } } }, "/tables/1/low", /must be array/],
  ];
  for (const [config, pointer, message] of faults) {
    it(`refuses the configuration ${JSON.stringify(config)}`, () => {
      const [problem] = faultsOf(engine, config);
      assert.equal(problem?.pointer, pointer);
      assert.match(problem?.message ?? "", message);
    });
  }

  it("proves the largest configuration there can be within a second", () => {
    const tables = Object.fromEntries(
      Array.from({ length: 32 }, (_, i) => {
        const board = (risk: number) => counting(i + 1).map((text) => `${text}${risk}`);
        return [
          i + 1,
          Object.fromEntries(Array.from({ length: 16 }, (_, r) => [`r${r}`, board(r)])),
        ];
      }),
    );
    const { prepared } = ready(engine, { tables });
    const started = process.cpuUsage();
    assert.equal(engine.returns(prepared).length, 512);
    const { user } = process.cpuUsage(started);
    assert.ok(user < 1_000_000, `${user} µs`);
    assert.ok(compare(engine.maxMultiplier(prepared), zero) > 0);
  });

  it("is over at once: there is nothing to act on", () => {
    const { prepared, checkAction } = ready(engine, published);
    assert.equal(checkAction({ type: "cashOut" })[0]?.pointer, "/type");
    assert.throws(() => engine.defaultAction(prepared, null));
  });
});
