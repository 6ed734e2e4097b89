import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Draws } from "../draws.ts";
import { enumerate } from "../enumerate.ts";
import { FastDraws } from "../fast-draws.ts";
import { add, fraction, mul, parseFraction, sub, toText, zero } from "../fraction.ts";
import type { Json } from "../game.ts";
import { engines } from "../index.ts";
import { simulate } from "../simulate.ts";
import { distorted, exampleConfig, faultsOf, ready, refusedOrPlayed, stake } from "../testing.ts";

const engine = engines.get("keno") ?? assert.fail();
const published = exampleConfig("keno") as {
  tables: { [name: string]: { [picks: string]: string[] } };
};

/** Numbers, counted from 0, that are drawn in this order; nothing else may be drawn. */
function chosen(numbers: number, list: number[]): Draws {
  const none = () => assert.fail("only choose is drawn");
  const choose = (n: number, k: number) => {
    assert.deepEqual([n, k], [numbers, list.length]);
    return list;
  };
  return { below: none, belowBig: none, shuffle: none, choose };
}

/** A table that pays h + 1/2 for h hits. */
function counting(picks: number): string[] {
  return Array.from({ length: picks + 1 }, (_, hits) => `${hits}.5`);
}

/** The hits one by one: the chances of h hits, by the first draw and what is left after it. */
function chances(picks: number, numbers: number, draws: number): number[][] {
  if (draws === 0) return [[1, 1]];
  const hit = chances(picks - 1, numbers - 1, draws - 1);
  const miss = chances(picks, numbers - 1, draws - 1);
  return [...Array(draws + 1).keys()].map((hits) => {
    const [an, ad] = hits > 0 && picks > 0 ? (hit[hits - 1] ?? [0, 1]) : [0, 1];
    const [bn, bd] = numbers > picks ? (miss[hits] ?? [0, 1]) : [0, 1];
    const sum = add(
      mul(fraction(picks, numbers), fraction(an ?? 0, ad ?? 1)),
      mul(fraction(numbers - picks, numbers), fraction(bn ?? 0, bd ?? 1)),
    );
    return [Number(sum.n), Number(sum.d)];
  });
}

describe("keno", () => {
  const rounds: [number[], number[], number][] = [
    [[1], [0, 9, 5], 1],
    [[1], [1, 9, 5], 0],
    [[10, 6, 1], [0, 9, 5], 3],
    [[10, 6, 2], [0, 9, 5], 2],
    [[2, 3, 4, 5], [0, 9, 5], 0],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0, 9, 5], 3],
  ];
  for (const [picks, drawn, hits] of rounds) {
    it(`counts ${hits} hits of ${picks.join(" ")} where ${drawn.join(" ")} are drawn, from 0`, () => {
      const tables = { any: { [picks.length]: counting(picks.length) } };
      const { prepared, checkBet } = ready(engine, { numbers: 10, draws: 3, tables });
      const bet = { table: "any", picks };
      assert.deepEqual(checkBet(bet, stake), []);
      const state = engine.start(prepared, bet, chosen(10, drawn));
      assert.deepEqual(engine.outcome(prepared, state, toText), {
        drawn: drawn.map((index) => index + 1),
      });
      assert.equal(toText(engine.tally(prepared, state).payout), `${2 * hits + 1}/2`);
      assert.deepEqual(engine.legalActions(prepared, state), []);
    });
  }

  it("draws 10 of 40 unless told otherwise", () => {
    const compiled = ready(engine, { tables: { any: { 1: ["0", "3.96"] } } });
    const { numbers, draws } = compiled.config as { numbers: number; draws: number };
    assert.deepEqual([numbers, draws], [40, 10]);
  });

  it("has the published tables: classic, low, medium and high, for 1 to 10 picks", () => {
    assert.deepEqual(Object.keys(published.tables), ["classic", "low", "medium", "high"]);
    for (const table of Object.values(published.tables)) {
      assert.deepEqual(Object.keys(table).map(Number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
    const best = (name: string) =>
      Object.values(published.tables[name] ?? {}).map((pays) => pays.at(-1));
    assert.deepEqual(best("classic"), [
      "3.96",
      "4.5",
      "10.4",
      "22.5",
      "36",
      "40",
      "60",
      "70",
      "85",
      "100",
    ]);
    assert.deepEqual(best("high"), [
      "3.96",
      "17.1",
      "81.5",
      "259",
      "450",
      "710",
      "800",
      "900",
      "1000",
      "1000",
    ]);
  });

  it("returns what all draws together pay, also where some hits cannot happen", () => {
    const multiplier = fc.constantFrom("0", "0.7", "1", "3.68", "7/3", "26", "1000");
    const sizes = fc
      .tuple(fc.integer({ min: 2, max: 6 }), fc.nat(), fc.nat())
      .map(
        ([numbers, d, p]) => [numbers, 1 + (d % Math.min(4, numbers)), 1 + (p % numbers)] as const,
      );
    const games = sizes.chain(([numbers, draws, picks]) =>
      fc
        .array(multiplier, { minLength: picks + 1, maxLength: picks + 1 })
        .map((pays) => ({ numbers, draws, tables: { any: { [picks]: pays } } })),
    );
    fc.assert(
      fc.property(games, fc.nat(), (config, turn) => {
        const { prepared } = ready(engine, config);
        const [entry] = engine.returns(prepared);
        assert.ok(entry);
        const { picks: count } = entry.bet as { picks: number };
        const picks = Array.from({ length: count }, (_, i) => 1 + ((i + turn) % config.numbers));
        const bet = { table: "any", picks };
        let [paid, square, hits, most] = [zero, zero, zero, zero];
        for (const { value, probability } of enumerate((draws) =>
          engine.tally(prepared, engine.start(prepared, bet, draws)),
        )) {
          paid = add(paid, mul(value.payout, probability));
          square = add(square, mul(probability, mul(value.payout, value.payout)));
          if (value.payout.n > 0n) hits = add(hits, probability);
          if (sub(value.payout, most).n > 0n) most = value.payout;
        }
        assert.deepEqual([entry.rtp, entry.hitRate], [paid, hits]);
        assert.deepEqual(entry.variance, sub(square, mul(paid, paid)));
        assert.deepEqual(engine.expected(prepared, bet), paid);
        assert.deepEqual(
          [engine.bound(prepared, bet), engine.maxMultiplier(prepared)],
          [most, most],
        );
      }),
      { numRuns: 40 },
    );
  });

  it("returns of the published tables what counting hits one draw at a time gives", () => {
    const entries = engine.returns(ready(engine, published).prepared);
    assert.equal(entries.length, 40);
    for (const { bet, rtp } of entries) {
      const { table, picks } = bet as { table: string; picks: number };
      if (picks > 6) continue;
      const paid = (published.tables[table]?.[picks] ?? []).map((text, hits) => {
        const [n = 0, d = 1] = chances(picks, 40, 10)[hits] ?? [];
        return mul(parseFraction(text), fraction(n, d));
      });
      assert.deepEqual(rtp, paid.reduce(add, zero));
    }
  });

  it("is played to its return by the simulator", () => {
    for (const config of [
      published,
      { numbers: 80, draws: 20, tables: { any: { 20: counting(20) } } },
    ]) {
      const result = simulate(ready(engine, config), 40_000, "keno");
      assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    }
  });

  const bets: [Json, string, RegExp][] = [
    [{ table: "low", picks: [] }, "/picks", /fewer than 1/],
    [
      { table: "low", picks: Array.from({ length: 11 }, (_, i) => i + 1) },
      "/picks",
      /more than 10/,
    ],
    [{ table: "low", picks: [3, 5, 3] }, "/picks", /duplicate/],
    [{ table: "low", picks: [0] }, "/picks/0", />= 1/],
    [{ table: "low", picks: [41] }, "/picks/0", /<= 40/],
    [{ table: "low", picks: [1, "2"] }, "/picks/1", /must be integer/],
    [{ table: "low", picks: [1.5] }, "/picks/0", /must be integer/],
    [{ table: "none", picks: [1] }, "/table", /must be one of classic, low, medium, high/],
    [{ table: "__proto__", picks: [1] }, "/table", /must be one of/],
    [{ picks: [1] }, "/table", /is required/],
    [{ table: "low", picks: [1], draws: 3 }, "/draws", /not known here/],
  ];
  for (const [bet, pointer, message] of bets) {
    it(`refuses the bet ${JSON.stringify(bet)}`, () => {
      const [problem] = ready(engine, published).checkBet(bet, stake);
      assert.equal(problem?.pointer, pointer);
      assert.match(problem?.message ?? "", message);
    });
  }

  for (const name of ["0", "9-spot", "Low risk", "Élevé", "x_1.5+"]) {
    it(`takes a table of the name ${name}`, () => {
      const { checkBet } = ready(engine, { tables: { [name]: { 1: counting(1) } } });
      assert.deepEqual(checkBet({ table: name, picks: [3] }, stake), []);
    });
  }

  it("names how many numbers a table lets one pick", () => {
    const tables = { a: { 3: counting(3), 1: counting(1) }, b: { 2: counting(2) } };
    const { checkBet } = ready(engine, { tables });
    assert.deepEqual(checkBet({ table: "b", picks: [9, 7] }, stake), []);
    const [problem] = checkBet({ table: "a", picks: [9, 7] }, stake);
    assert.equal(problem?.pointer, "/picks");
    assert.match(problem?.message ?? "", /pick one of 1, 3 numbers/);
  });

  it("refuses absurd bets with pointers, or plays them within their bound", () => {
    const compiled = ready(engine, published);
    const draws = new FastDraws("absurd");
    for (const bet of distorted({ table: "high", picks: [40, 1, 7] })) {
      assert.equal(refusedOrPlayed(compiled, bet, draws), "refused");
    }
    const picks = fc.array(fc.oneof(fc.integer({ min: -1, max: 42 }), fc.double()), {
      maxLength: 12,
    });
    const table = fc.oneof(fc.constantFrom("low", "high", "__proto__"), fc.string());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ table, picks })), (bet) => {
        refusedOrPlayed(compiled, bet as Json, draws);
      }),
    );
  });

  const one = { any: { 1: ["0", "2"] } };
  const faults: [Json, string, RegExp][] = [
    [{}, "/tables", /is required/],
    [{ tables: {} }, "/tables", /give 1: named tables/],
    [{ tables: { any: {} } }, "/tables/any", /give 1: for each number of picks/],
    [{ tables: { any: { 2: ["0", "1"] } } }, "/tables/any/2", /0 … 2 hits, here are 2/],
    [{ tables: { any: { 0: ["0", "1"] } } }, "/tables/any/0", /give one of 1 … 40/],
    [{ tables: { any: { 41: ["0", "1"] } } }, "/tables/any/41", /give one of 1 … 40/],
    [{ numbers: 5, draws: 2, tables: { any: { 6: counting(6) } } }, "/tables/any/6", /1 … 5/],
    [{ tables: { "": { 1: ["0", "1"] } } }, "/tables/", /no name of a table/],
    [{ tables: { "a/b": { 1: ["0", "1"] } } }, "/tables/a~1b", /no name of a table/],
    [JSON.parse('{"tables": {"__proto__": {"1": ["0", "1"]}}}'), "/tables/__proto__", /no name/],
    [{ tables: { any: { 1: ["0", 2] } } }, "/tables/any/1/1", /must be string/],
    [{ tables: { any: { 1: ["0", "1e3"] } } }, "/tables/any/1/1", /such as "3.96"/],
    [{ numbers: 1, tables: one }, "/numbers", />= 2/],
    [{ numbers: "40", tables: one }, "/numbers", /must be integer/],
    [{ numbers: 101, tables: one }, "/numbers", /<= 100/],
    [{ draws: 41, tables: one }, "/draws", /draw 40 at most/],
    [{ draws: 0, tables: one }, "/draws", />= 1/],
  ];
  for (const [config, pointer, message] of faults) {
    it(`refuses the configuration ${JSON.stringify(config)}`, () => {
      const [problem] = faultsOf(engine, config);
      assert.equal(problem?.pointer, pointer);
      assert.match(problem?.message ?? "", message);
    });
  }

  it("proves the largest configuration there can be within a second", () => {
    const table = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [i + 1, counting(i + 1)]),
    );
    const tables = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`t${i}`, table]));
    const { prepared } = ready(engine, { numbers: 100, draws: 50, tables });
    const started = process.cpuUsage();
    assert.equal(engine.returns(prepared).length, 640);
    const { user } = process.cpuUsage(started);
    assert.ok(user < 1_000_000, `${user} µs`);
  });

  it("is over at once: there is nothing to act on", () => {
    const { prepared, checkAction } = ready(engine, published);
    assert.equal(checkAction({ type: "cashOut" })[0]?.pointer, "/type");
    assert.throws(() => engine.defaultAction(prepared, null));
  });
});
