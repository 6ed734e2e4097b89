import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Draws } from "../draws.ts";
import { compare, parseFraction, toText } from "../fraction.ts";
import type { Json } from "../game.ts";
import { engines } from "../index.ts";
import { type Compiled, compile } from "../play.ts";
import { type Bet, winningRolls, wins } from "./rules.ts";

const engine = engines.get("dice") ?? assert.fail();
const stake = { amount: 100n, step: 100n, digits: 2 };

function game(config: Json): Compiled {
  const compiled = compile(engine, config);
  assert.ok(!("problems" in compiled));
  return compiled;
}

function drawing(value: number): Draws {
  const below = () => value;
  return { below, belowBig: () => BigInt(value), shuffle: () => [], choose: () => [] };
}

function text(hundredths: number): string {
  return (hundredths / 100).toFixed(2);
}

describe("dice", () => {
  const cells: [Bet, number, string, boolean][] = [
    [{ under: "50.50" }, 5049, "50.49", true],
    [{ under: "50.50" }, 5050, "50.50", false],
    [{ under: "50.50" }, 0, "0.00", true],
    [{ under: "0.01" }, 0, "0.00", true],
    [{ under: "0.01" }, 1, "0.01", false],
    [{ over: "50.49" }, 5050, "50.50", true],
    [{ over: "50.49" }, 5049, "50.49", false],
    [{ over: "99.98" }, 9999, "99.99", true],
    [{ over: "99.98" }, 9998, "99.98", false],
    [{ over: "1.99" }, 199, "1.99", false],
    [{ over: "1.99" }, 200, "2.00", true],
    [{ under: "98.00" }, 9799, "97.99", true],
    [{ under: "98.00" }, 9800, "98.00", false],
    [{ under: "10.00" }, 7, "0.07", true],
  ];
  for (const [bet, drawn, roll, won] of cells) {
    it(`shows ${roll} for ${drawn}: ${JSON.stringify(bet)} ${won ? "wins" : "loses"}`, () => {
      const { prepared } = game({});
      const state = engine.start(prepared, bet, drawing(drawn));
      assert.deepEqual(engine.outcome(prepared, state, toText), { roll });
      assert.equal(engine.tally(prepared, state).payout.n > 0n, won);
    });
  }

  const published: [Bet, string][] = [
    // The usual tables of 1 % dice: 49.50 % pays 2.0000, 50.00 % pays 1.9800, 95 % pays 1.0421, 98 % 1.0102.
    [{ under: "49.50" }, "2"],
    [{ over: "50.49" }, "2"],
    [{ under: "50.00" }, "1.98"],
    [{ under: "95.00" }, "1.0421"],
    [{ under: "98.00" }, "1.0102"],
    [{ under: "0.10" }, "990"],
    [{ under: "0.01" }, "9900"],
    [{ under: "33.33" }, "2.9702"],
  ];
  for (const [bet, multiplier] of published) {
    it(`pays ${multiplier} for ${JSON.stringify(bet)}`, () => {
      const { prepared } = game({ edge: "0.01" });
      assert.deepEqual(engine.bound(prepared, bet), parseFraction(multiplier));
    });
  }

  it("counts as winning rolls exactly those that win, of all 10,000", () => {
    const { checkBet } = game({});
    const side = fc.constantFrom("over", "under");
    fc.assert(
      fc.property(side, fc.integer({ min: 0, max: 9_999 }), (which, target) => {
        const bet: Bet = { [which]: text(target) };
        const winners = Array.from({ length: 10_000 }, (_, roll) => wins(bet, roll));
        const count = winners.filter(Boolean).length;
        assert.equal(winningRolls(bet), count);
        const allowed = count >= 1 && count <= 9_800;
        assert.equal(checkBet({ ...bet }, stake).length, allowed ? 0 : 1);
      }),
      { numRuns: 60 },
    );
  });

  it("names the targets that are allowed", () => {
    const { checkBet } = game({});
    assert.match(checkBet({ under: "98.01" }, stake)[0]?.message ?? "", /0\.01 … 98\.00/);
    assert.match(checkBet({ under: "0.00" }, stake)[0]?.message ?? "", /^0 of 10000/);
    assert.match(checkBet({ over: "1.98" }, stake)[0]?.message ?? "", /1\.99 … 99\.98/);
    assert.equal(checkBet({ over: "99.99" }, stake)[0]?.pointer, "/over");
  });

  const refused: Json[] = [
    {},
    { under: "50" },
    { under: "50.5" },
    { under: 50.5 },
    { under: "100.00" },
    { under: "050.50" },
    { under: "-1.00" },
    { over: "10.00", under: "10.00" },
    { over: "10.00", extra: 1 },
  ];
  for (const bet of refused) {
    it(`refuses the bet ${JSON.stringify(bet)}`, () => {
      assert.equal(game({}).checkBet(bet, stake).length, 1);
    });
  }

  it("returns c/10000 times the floored multiplier, for every chance", () => {
    const { prepared } = game({ edge: "0.015" });
    const entries = engine.returns(prepared);
    assert.equal(entries.length, 9_800);
    for (const [i, entry] of entries.entries()) {
      const c = i + 1;
      // In integers: (1 − 0.015) · 10000 / c to four decimals is floor(98,500,000 / c) / 10,000.
      const units = BigInt(Math.floor(98_500_000 / c));
      assert.deepEqual(entry.bet, { chance: c });
      assert.equal(entry.rtp.n * 10n ** 8n, units * BigInt(c) * entry.rtp.d);
      const second = units * units * BigInt(c) * 10n ** 4n - units * units * BigInt(c) * BigInt(c);
      assert.equal(entry.variance.n * 10n ** 16n, second * entry.variance.d);
    }
  });

  it("expects of a bet what its entry returns", () => {
    const { prepared } = game({});
    const entry = engine.returns(prepared)[4949];
    assert.deepEqual(engine.expected(prepared, { under: "49.50" }), entry?.rtp);
  });

  it("pays most for the rarest roll", () => {
    const { prepared } = game({ edge: "1/100" });
    const most = engine.maxMultiplier(prepared);
    assert.equal(toText(most), "9900");
    const bounds = engine.returns(prepared).map(({ outcomes }) => outcomes?.[0]?.multiplier);
    assert.ok(bounds.every((multiplier) => multiplier && compare(multiplier, most) <= 0));
  });

  for (const edge of ["1", "1.5", "3/2", "-0.01", "1%", 0.01]) {
    it(`refuses the edge ${JSON.stringify(edge)}`, () => {
      const compiled = compile(engine, { edge });
      assert.ok("problems" in compiled);
      assert.equal(compiled.problems[0]?.pointer, "/edge");
    });
  }
});
