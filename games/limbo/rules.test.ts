import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { FastDraws } from "../fast-draws.ts";
import { compare, fraction, parseFraction, toText } from "../fraction.ts";
import type { Json } from "../game.ts";
import { engines } from "../index.ts";
import { simulate } from "../simulate.ts";
import { distorted, drawing, faultsOf, ready, refusedOrPlayed, stake } from "../testing.ts";
import { multiplierText, winningDraws } from "./rules.ts";

const engine = engines.get("limbo") ?? assert.fail();
const all = 2n ** 52n;

function played(config: Json, target: string, u: bigint) {
  const { prepared } = ready(engine, config);
  const draws = drawing({ n: 2 ** 52, value: Number(u - 1n) });
  const state = engine.start(prepared, { target }, draws);
  assert.deepEqual(engine.legalActions(prepared, state), []);
  return {
    outcome: engine.outcome(prepared, state, toText),
    payout: toText(engine.tally(prepared, state).payout),
  };
}

describe("limbo", () => {
  const half = (99n * all) / 200n;
  const cells: [string, bigint, string, string][] = [
    ["2.00", half, "2.00", "2"],
    // The next u would have to be 2^52 · 0.99 / 2 exactly or less.
    ["2.00", half + 1n, "1.99", "0"],
    ["1.01", (99n * all) / 101n, "1.01", "101/100"],
    ["1.01", (99n * all) / 101n + 1n, "1.00", "0"],
    ["1.01", all, "1.00", "0"],
    ["10000.00", 1n, "4458563631096791.04", "10000"],
    ["10000.00", (99n * all) / 1_000_000n, "10000.00", "10000"],
    ["10000.00", (99n * all) / 1_000_000n + 1n, "9999.99", "0"],
    ["1.37", (99n * all) / 137n, "1.37", "137/100"],
    ["1.38", (99n * all) / 137n, "1.37", "0"],
  ];
  for (const [target, u, multiplier, payout] of cells) {
    it(`shows ${multiplier} for u = ${u} and pays a target of ${target} ${payout}`, () => {
      assert.deepEqual(played({}, target, u), { outcome: { multiplier }, payout });
    });
  }

  it("wins exactly when the multiplier that is shown reaches the target", () => {
    const u = fc.bigInt({ min: 1n, max: all });
    const near = fc.bigInt({ min: 1n, max: 1n << 20n });
    const target = fc.integer({ min: 101, max: 1_000_000 });
    const edge = fc.constantFrom("0", "0.01", "1/3", "0.5", "999998/999999");
    fc.assert(
      fc.property(fc.oneof(u, near), target, edge, (drawn, hundredths, share) => {
        const { outcome, payout } = played({ edge: share }, multiplierText(hundredths), drawn);
        const shown = parseFraction((outcome as { multiplier: string }).multiplier);
        const wins = compare(shown, fraction(hundredths, 100)) >= 0;
        assert.equal(payout, wins ? toText(fraction(hundredths, 100)) : "0");
      }),
    );
  });

  it("counts as winning exactly the draws up to the last that wins", () => {
    const target = fc.integer({ min: 101, max: 100_000_000 });
    const edge = fc.constantFrom("0", "0.01", "1/3", "0.999999");
    fc.assert(
      fc.property(target, edge, (hundredths, share) => {
        const { n, d } = parseFraction(share);
        const wins = (u: bigint) => u * BigInt(hundredths) * d <= (d - n) * all * 100n;
        const last = BigInt(winningDraws({ n, d }, hundredths));
        assert.ok(last === 0n || wins(last));
        assert.ok(!wins(last + 1n));
      }),
    );
  });

  it("lists the targets of the contract that it offers, and the largest", () => {
    const targets = (maxTarget: string) =>
      engine.returns(ready(engine, { maxTarget }).prepared).map(({ bet }) => bet);
    const names = ["1.01", "1.50", "2.00", "10.00", "100.00", "1000.00"];
    const listed = (...largest: string[]) => [...names, ...largest].map((target) => ({ target }));
    assert.deepEqual(targets("10000"), listed("10000.00"));
    assert.deepEqual(targets("1000"), listed());
    assert.deepEqual(targets("1234.5"), listed("1234.50"));
    assert.deepEqual(targets("7/2"), [...listed().slice(0, 3), { target: "3.50" }]);
    assert.deepEqual(targets("1.01"), [{ target: "1.01" }]);
  });

  for (const edge of ["0", "0.01", "0.04", "1/7", "0.9"]) {
    it(`returns 1 − ${edge} less what 2^52 draws cannot divide`, () => {
      const { prepared } = ready(engine, { edge, maxTarget: "1000000" });
      const kept = parseFraction(edge);
      for (const { bet, rtp, hitRate, outcomes } of engine.returns(prepared)) {
        const target = parseFraction((bet as { target: string }).target);
        // In integers: the u up to (1 − edge) · 2^52 / t, of 2^52.
        const winning = ((kept.d - kept.n) * all * target.d) / (kept.d * target.n);
        assert.deepEqual(hitRate, fraction(winning, all));
        assert.deepEqual(rtp, fraction(winning * target.n, all * target.d));
        assert.deepEqual(outcomes?.[0]?.multiplier, target);
        assert.deepEqual(engine.expected(prepared, bet), rtp);
      }
    });
  }

  it("is played to its return by the simulator", () => {
    const result = simulate(ready(engine, { edge: "0.04" }), 40_000, "limbo");
    assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
  });

  it("names the targets that are allowed", () => {
    const { checkBet } = ready(engine, { maxTarget: "50" });
    assert.deepEqual(checkBet({ target: "1.01" }, stake), []);
    assert.deepEqual(checkBet({ target: "50.00" }, stake), []);
    for (const target of ["1.00", "50.01", "9999999999.99"]) {
      const [problem] = checkBet({ target }, stake);
      assert.equal(problem?.pointer, "/target");
      assert.match(problem?.message ?? "", /choose a target of 1\.01 … 50\.00/);
    }
  });

  for (const target of [2, "2", "2.0", "2.000", "02.00", "0.99", "-2.00", "2e0", "2.00\n", null]) {
    it(`refuses the target ${JSON.stringify(target)}`, () => {
      assert.equal(ready(engine).checkBet({ target }, stake)[0]?.pointer, "/target");
    });
  }

  it("refuses absurd bets with pointers, or plays them within their bound", () => {
    const compiled = ready(engine);
    const draws = new FastDraws("absurd");
    const answers = [...distorted({ target: "2.00" })].map((bet) =>
      refusedOrPlayed(compiled, bet, draws),
    );
    assert.ok(answers.every((answer) => answer === "refused"));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ target: fc.string() })), (bet) => {
        refusedOrPlayed(compiled, bet as Json, draws);
      }),
    );
  });

  for (const [config, pointer] of [
    [{ edge: "1" }, "/edge"],
    [{ edge: "3/2" }, "/edge"],
    [{ edge: 0.01 }, "/edge"],
    [{ edge: "-0.01" }, "/edge"],
    [{ maxTarget: "1" }, "/maxTarget"],
    [{ maxTarget: "1.005" }, "/maxTarget"],
    [{ maxTarget: "1/3" }, "/maxTarget"],
    [{ maxTarget: 100 }, "/maxTarget"],
    [{ maxTarget: "1000000000" }, "/maxTarget"],
    [{ maxMultiplier: "10" }, "/maxMultiplier"],
  ] as const) {
    it(`refuses the configuration ${JSON.stringify(config)}`, () => {
      const [problem] = faultsOf(engine, config);
      assert.equal(problem?.pointer, pointer);
      assert.ok((problem?.message.length ?? 0) > 10);
    });
  }

  it("is over at once: there is nothing to act on", () => {
    const { prepared, checkAction } = ready(engine);
    assert.equal(checkAction({ type: "cashOut" })[0]?.pointer, "/type");
    assert.throws(() => engine.defaultAction(prepared, null));
  });
});
