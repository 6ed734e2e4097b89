import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { FastDraws } from "../fast-draws.ts";
import { add, compare, fraction, mul, parseFraction, sub, toText, zero } from "../fraction.ts";
import { IllegalAction, type Json, type Taken } from "../game.ts";
import { engines } from "../index.ts";
import { multiplierText } from "../limbo/rules.ts";
import { type Compiled, finish, type RecordedAction, replay } from "../play.ts";
import { simulate } from "../simulate.ts";
import { distorted, drawing, faultsOf, ready, refusedOrPlayed, stake } from "../testing.ts";

const engine = engines.get("crash") ?? assert.fail();
const clock = engine.clock ?? assert.fail();
const all = 2n ** 52n;

/** The u whose curve busts just after this multiplier, in hundredths: the last that still wins it. */
function bustingAfter(multiplier: bigint): bigint {
  return (99n * all) / multiplier;
}

const drawingU = (u: bigint) => drawing({ n: 2 ** 52, value: Number(u - 1n) });
const cashAt = (at: number): RecordedAction => ({ type: "cashOut", at });

/** Curves are long: each configuration is compiled once. */
const games = new Map<string, Compiled>();
function game(config: Json): Compiled {
  const key = JSON.stringify(config);
  const compiled = games.get(key) ?? ready(engine, config);
  games.set(key, compiled);
  return compiled;
}

/** A round with a cash-out at a tick, or left to itself. */
function played(u: bigint, bet: Json, at?: number, config: Json = {}) {
  const actions = at === undefined ? [] : [cashAt(at)];
  const { over, outcome, tally, added } = finish(game(config), bet, actions, drawingU(u));
  assert.ok(over);
  assert.deepEqual(added, [], "an ending by itself is no action");
  return { outcome: outcome(toText), payout: toText(tally.payout) };
}

/** The contract tick by tick in integers, for a growth of 0.01 and an edge of 1/100. */
function reference(u: bigint, target: bigint, at: number | undefined) {
  const wins = (hundredths: bigint) => u * hundredths <= 99n * all;
  for (let [tick, value] = [0, 10n ** 12n]; ; tick++, value = (value * 101n) / 100n) {
    const shown = value / 10n ** 10n;
    if (shown >= target) return { tick, paid: wins(target) ? target : 0n };
    if (tick === at) return { tick, paid: wins(shown) ? shown : 0n };
    if (!wins(shown)) return { tick, paid: 0n };
  }
}

describe("crash", () => {
  // With the default growth the curve is at 1.99 for the last time at tick 1,155, and at 2.00 from 1,156 on.
  const cells: [string, bigint, Json, number | undefined, Json, string][] = [
    [
      "cashed out in time",
      bustingAfter(200n),
      {},
      1155,
      { multiplier: "2.00", instant: false, cashedOut: "1.99" },
      "199/100",
    ],
    [
      "cashed out at the last tick that wins",
      bustingAfter(200n),
      {},
      1156,
      { multiplier: "2.00", instant: false, cashedOut: "2.00" },
      "2",
    ],
    [
      "cashed out a hundredth too late",
      bustingAfter(200n) + 1n,
      {},
      1156,
      { multiplier: "1.99", instant: false },
      "0",
    ],
    [
      "cashed out long after the bust",
      bustingAfter(200n),
      {},
      9999,
      { multiplier: "2.00", instant: false },
      "0",
    ],
    ["left alone", bustingAfter(200n), {}, undefined, { multiplier: "2.00", instant: false }, "0"],
    [
      "left to its auto cash-out",
      bustingAfter(200n),
      { autoCashOut: "2.00" },
      undefined,
      { multiplier: "2.00", instant: false, cashedOut: "2.00" },
      "2",
    ],
    [
      "left to an auto cash-out above the bust",
      bustingAfter(200n),
      { autoCashOut: "2.01" },
      undefined,
      { multiplier: "2.00", instant: false },
      "0",
    ],
    [
      "cashed out at the tick of the auto cash-out",
      bustingAfter(300n),
      { autoCashOut: "1.50" },
      676,
      { multiplier: "3.00", instant: false, cashedOut: "1.50" },
      "3/2",
    ],
    [
      "cashed out after the auto cash-out",
      bustingAfter(300n),
      { autoCashOut: "1.50" },
      1800,
      { multiplier: "3.00", instant: false, cashedOut: "1.50" },
      "3/2",
    ],
    [
      "cashed out before the auto cash-out",
      bustingAfter(300n),
      { autoCashOut: "2.50" },
      676,
      { multiplier: "3.00", instant: false, cashedOut: "1.50" },
      "3/2",
    ],
    [
      "cashed out at once",
      bustingAfter(100n),
      {},
      0,
      { multiplier: "1.00", instant: false, cashedOut: "1.00" },
      "1",
    ],
    ["instantly bust", bustingAfter(100n) + 1n, {}, 0, { multiplier: "1.00", instant: true }, "0"],
    [
      "instantly bust before any auto cash-out",
      all,
      { autoCashOut: "1.01" },
      undefined,
      { multiplier: "1.00", instant: true },
      "0",
    ],
    [
      "never bust, and ended at the largest multiplier",
      1n,
      {},
      undefined,
      { multiplier: "4458563631096791.04", instant: false, cashedOut: "10000.00" },
      "10000",
    ],
    [
      "cashed out after the largest multiplier",
      1n,
      {},
      999_999,
      { multiplier: "4458563631096791.04", instant: false, cashedOut: "10000.00" },
      "10000",
    ],
  ];
  for (const [name, u, bet, at, outcome, payout] of cells) {
    it(`pays ${payout} where it was ${name}`, () => {
      assert.deepEqual(played(u, bet, at), { outcome, payout });
    });
  }

  it("pays an auto cash-out that the curve jumps over exactly its own multiplier", () => {
    // A tick multiplies by 2.5: 1.00, 2.50, 6.25 …
    const config = { growth: "1.5", maxMultiplier: "100" };
    assert.equal(played(bustingAfter(240n), { autoCashOut: "2.40" }, 1, config).payout, "12/5");
    assert.equal(played(bustingAfter(239n), { autoCashOut: "2.40" }, 1, config).payout, "0");
    assert.equal(played(bustingAfter(240n), { autoCashOut: "2.60" }, 1, config).payout, "0");
  });

  const setting = { growth: "0.01", maxMultiplier: "50" };
  const anyU = fc.oneof(
    fc.bigInt({ min: 1n, max: all }),
    fc.bigInt({ min: 1n, max: all / 40n }),
    fc.integer({ min: 100, max: 6_000 }).map((hundredths) => bustingAfter(BigInt(hundredths))),
  );
  const anyTarget = fc.option(fc.integer({ min: 101, max: 5_000 }), { nil: undefined });
  const anyTick = fc.option(fc.integer({ min: 0, max: 450 }), { nil: undefined });
  const betOf = (target: number | undefined) =>
    target === undefined ? {} : { autoCashOut: multiplierText(target) };

  it("is what the contract says, tick by tick", () => {
    fc.assert(
      fc.property(anyU, anyTarget, anyTick, (u, target, at) => {
        const { paid } = reference(u, BigInt(target ?? 5_000), at);
        assert.equal(played(u, betOf(target), at, setting).payout, toText(fraction(paid, 100)));
      }),
      { numRuns: 400 },
    );
  });

  it("ends by itself at the tick that the contract says", () => {
    const { prepared } = ready(engine, setting);
    fc.assert(
      fc.property(anyU, anyTarget, (u, target) => {
        const state = engine.start(prepared, betOf(target), drawingU(u));
        const { tick } = reference(u, BigInt(target ?? 5_000), undefined);
        assert.equal(clock.endsAt(prepared, state), tick);
      }),
      { numRuns: 400 },
    );
  });

  it("shows nothing of u while it is open", () => {
    const open = (u: bigint, bet: Json) => {
      const { outcome, ...rest } = replay(game(setting), bet, [], drawingU(u));
      return { ...rest, outcome: outcome(toText) };
    };
    fc.assert(
      fc.property(anyU, anyU, anyTarget, (u, other, target) => {
        assert.deepEqual(open(u, betOf(target)), open(other, betOf(target)));
      }),
    );
    const { outcome, legalActions, over } = open(all, {});
    assert.deepEqual([outcome, legalActions, over], [{}, ["cashOut"], false]);
  });

  it("lists what limbo returns, up to the largest multiplier", () => {
    const limbo = engines.get("limbo") ?? assert.fail();
    for (const [edge, most] of [
      ["0.01", "10000"],
      ["0.04", "1234.56"],
      ["0", "5"],
    ] as const) {
      const ours = engine.returns(ready(engine, { edge, maxMultiplier: most }).prepared);
      const theirs = limbo.returns(ready(limbo, { edge, maxTarget: most }).prepared);
      assert.deepEqual(ours, theirs);
    }
  });

  it("loses in regret exactly what a plan returns less than the best one", () => {
    const { prepared } = ready(engine, setting);
    const compiled = ready(engine, setting);
    fc.assert(
      fc.property(anyTarget, fc.integer({ min: 0, max: 450 }), (target, at) => {
        const bet = betOf(target);
        const { regret } = replay(compiled, bet, [cashAt(at)], drawingU(all));
        assert.ok(compare(regret, zero) >= 0);
        // What the plan pays it pays for the lowest u; the last of them is found by halving.
        const paid = parseFraction(played(1n, bet, at, setting).payout);
        let [low, high] = [1n, all + 1n];
        while (high - low > 1n) {
          const middle = (low + high) / 2n;
          if (played(middle, bet, at, setting).payout === "0") high = middle;
          else low = middle;
        }
        const worth = mul(paid, fraction(low, all));
        assert.deepEqual(add(worth, regret), engine.expected(prepared, bet));
      }),
      { numRuns: 30 },
    );
  });

  it("expects of a bet the best of its plans: its target, or a tick before", () => {
    const { prepared } = ready(engine, setting);
    const kept = fraction(99, 100);
    for (const bet of [{}, { autoCashOut: "1.01" }, { autoCashOut: "17.77" }]) {
      const short = sub(kept, engine.expected(prepared, bet));
      assert.ok(short.n >= 0n && compare(short, fraction(1, 10n ** 12n)) < 0);
    }
  });

  it("is played to its return by the simulator", () => {
    const result = simulate(ready(engine, { edge: "0.04" }), 40_000, "crash");
    assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
  });

  const taken: [string, Taken][] = [
    ["none", { by: "player" }],
    ["one before the start", { by: "player", at: -1 }],
    ["half a one", { by: "player", at: 0.5 }],
  ];
  for (const [name, how] of taken) {
    it(`takes no action without its tick: ${name}`, () => {
      const { prepared } = ready(engine);
      const state = engine.start(prepared, {}, drawingU(5n));
      const act = () => engine.act(prepared, state, { type: "cashOut" }, drawing(), how);
      assert.throws(act, (error) => error instanceof IllegalAction && error.pointer === "/at");
    });
  }

  it("takes one cash-out and no default action", () => {
    const compiled = ready(engine);
    const twice = () => replay(compiled, {}, [cashAt(1), cashAt(2)], drawingU(5n));
    assert.throws(twice, /the round is over/);
    const passed: RecordedAction = { type: "cashOut", at: 1, by: "default" };
    assert.throws(() => replay(compiled, {}, [passed], drawingU(5n)), /not the default action/);
    assert.throws(() => engine.defaultAction(compiled.prepared, null));
    for (const action of [{}, { type: "reveal" }, { type: "cashOut", at: 1 }, null, "cashOut"]) {
      assert.equal(compiled.checkAction(action).length, 1);
    }
  });

  it("names the targets that are allowed", () => {
    const { checkBet, prepared } = ready(engine, { maxMultiplier: "50" });
    for (const bet of [{}, { autoCashOut: "1.01" }, { autoCashOut: "50.00" }]) {
      assert.deepEqual(checkBet(bet, stake), []);
    }
    assert.equal(toText(engine.bound(prepared, {})), "50");
    assert.equal(toText(engine.bound(prepared, { autoCashOut: "2.50" })), "5/2");
    for (const autoCashOut of ["1.00", "50.01"]) {
      const [problem] = checkBet({ autoCashOut }, stake);
      assert.equal(problem?.pointer, "/autoCashOut");
      assert.match(problem?.message ?? "", /choose a target of 1\.01 … 50\.00/);
    }
  });

  it("refuses absurd bets with pointers, or plays them within their bound", () => {
    const compiled = ready(engine);
    const draws = new FastDraws("absurd");
    for (const bet of distorted({ autoCashOut: "2.00" })) {
      const nothing = JSON.stringify(bet) === "{}";
      assert.equal(refusedOrPlayed(compiled, bet, draws) === "refused", !nothing);
    }
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ autoCashOut: fc.string() })), (bet) => {
        refusedOrPlayed(compiled, bet as Json, draws);
      }),
    );
  });

  const faults: [Json, string, RegExp][] = [
    [{ edge: "1" }, "/edge", /give an edge below 1/],
    [{ edge: 0.01 }, "/edge", /write it in quotes/],
    [{ maxMultiplier: "1" }, "/maxMultiplier", /give 1.01 or more/],
    [{ maxMultiplier: "2.001" }, "/maxMultiplier", /two decimals at most/],
    [{ maxMultiplier: "10000000" }, "/maxMultiplier", /such as "10000"/],
    [{ growth: "0" }, "/growth", /raise growth or lower maxMultiplier/],
    [{ growth: "0.000001" }, "/growth", /still below 10000\.00/],
    [{ growth: "-0.1" }, "/growth", /such as "0.0006"/],
    [{ maxTarget: "10" }, "/maxTarget", /not known here/],
  ];
  for (const [config, pointer, message] of faults) {
    it(`refuses the configuration ${JSON.stringify(config)}`, () => {
      const [problem] = faultsOf(engine, config);
      assert.equal(problem?.pointer, pointer);
      assert.match(problem?.message ?? "", message);
    });
  }

  it("is ready, with its longest curve, within a second", () => {
    const started = process.cpuUsage();
    const { prepared } = ready(engine, { growth: "0.00001", maxMultiplier: "20000" });
    engine.returns(prepared);
    engine.expected(prepared, {});
    const { user } = process.cpuUsage(started);
    assert.ok(user < 1_000_000, `${user} µs`);
  });
});
