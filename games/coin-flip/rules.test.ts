import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Draws } from "../draws.ts";
import { toText } from "../fraction.ts";
import { IllegalAction, type Json } from "../game.ts";
import { engines } from "../index.ts";
import { type Compiled, compile } from "../play.ts";

const engine = engines.get("coin-flip") ?? assert.fail();
const stake = { amount: 100n, step: 25n, digits: 2 };

function game(config: Json): Compiled {
  const compiled = compile(engine, config);
  assert.ok(!("problems" in compiled));
  return compiled;
}

/** Draws that come as told. */
function drawing(value: number): Draws {
  const below = () => value;
  return { below, belowBig: () => BigInt(value), shuffle: () => [], choose: () => [] };
}

describe("coin-flip", () => {
  const cells: [string, number, string, string][] = [
    ["heads", 0, "heads", "49/25"],
    ["heads", 1, "tails", "0"],
    ["tails", 0, "heads", "0"],
    ["tails", 1, "tails", "49/25"],
  ];
  for (const [bet, drawn, side, payout] of cells) {
    it(`shows ${side} for ${drawn} and pays a bet on ${bet} ${payout}`, () => {
      const { prepared } = game({ multiplier: "1.96" });
      const state = engine.start(prepared, { side: bet }, drawing(drawn));
      assert.deepEqual(engine.outcome(prepared, state, toText), { side });
      assert.equal(toText(engine.tally(prepared, state).payout), payout);
      assert.equal(toText(engine.tally(prepared, state).staked), "1");
      assert.deepEqual(engine.legalActions(prepared, state), []);
    });
  }

  it("pays 1.98 by default, and any multiplier above zero as a decimal or a fraction", () => {
    assert.deepEqual(game({}).config, { multiplier: "1.98" });
    assert.equal(toText(engine.maxMultiplier(game({ multiplier: "98/50" }).prepared)), "49/25");
  });

  for (const multiplier of ["0", "0.0", "-1", "2x", "1.1234567", 1.96, null, "1/0"]) {
    it(`refuses the multiplier ${JSON.stringify(multiplier)}`, () => {
      const compiled = compile(engine, { multiplier });
      assert.ok("problems" in compiled);
      assert.equal(compiled.problems[0]?.pointer, "/multiplier");
    });
  }

  it("takes heads or tails and nothing else", () => {
    const { checkBet } = game({});
    assert.deepEqual(checkBet({ side: "heads" }, stake), []);
    for (const bet of [{}, { side: "edge" }, { side: "heads", more: 1 }, [], null, "heads"]) {
      assert.equal(checkBet(bet, stake).length, 1);
    }
  });

  it("bounds a bet by its win", () => {
    const { prepared } = game({ multiplier: "1.96" });
    assert.equal(toText(engine.bound(prepared, { side: "tails" })), "49/25");
  });

  for (const multiplier of ["1.96", "1.98", "2", "1", "3/2"]) {
    it(`returns half of ${multiplier}, whichever side is bet on`, () => {
      const { prepared } = game({ multiplier });
      const [entry, ...more] = engine.returns(prepared);
      assert.ok(entry && more.length === 0);
      // Closed forms: m/2, m²/4 and 1/2, against the enumeration of both draws.
      const m = engine.maxMultiplier(prepared);
      assert.equal(entry.rtp.n * 2n * m.d, m.n * entry.rtp.d);
      assert.equal(entry.variance.n * 4n * m.d * m.d, m.n * m.n * entry.variance.d);
      assert.equal(toText(entry.hitRate), "1/2");
      for (const side of ["heads", "tails"]) {
        assert.deepEqual(engine.expected(prepared, { side }), entry.rtp);
      }
    });
  }

  it("is over at once: there is nothing to act on", () => {
    const { prepared, checkAction } = game({});
    const state = engine.start(prepared, { side: "heads" }, drawing(0));
    assert.equal(checkAction({ type: "cashOut" })[0]?.pointer, "/type");
    const act = () => engine.act(prepared, state, { type: "x" }, drawing(0), { by: "player" });
    assert.throws(act, IllegalAction);
    assert.throws(() => engine.defaultAction(prepared, state));
  });
});
