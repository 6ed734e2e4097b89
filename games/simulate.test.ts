import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { fraction, one } from "./fraction.ts";
import type { Engine } from "./game.ts";
import { engines } from "./index.ts";
import type { Compiled } from "./play.ts";
import { simulate } from "./simulate.ts";
import { exampleConfig, ready } from "./testing.ts";

function example(engine: Engine | undefined): Compiled {
  assert.ok(engine);
  return ready(engine, exampleConfig(engine.name));
}

describe("simulate", () => {
  for (const engine of engines.values()) {
    it(`plays ${engine.name} to its exact return, within 3 standard errors`, () => {
      const result = simulate(example(engine), 300_000, "repeatable");
      assert.ok(result.standardError > 0);
      assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    });
  }

  it("repeats itself with the same seed and not with another", () => {
    const coin = example(engines.get("coin-flip"));
    const { roundsPerSecond: _, ...first } = simulate(coin, 10_001, "a");
    assert.deepEqual(
      { ...simulate(coin, 10_001, "a"), roundsPerSecond: 0 },
      { ...first, roundsPerSecond: 0 },
    );
    assert.notEqual(simulate(coin, 10_001, "b").rtp, first.rtp);
  });

  it("notices an engine that pays more than its returns say", () => {
    const coin = example(engines.get("coin-flip"));
    const honest = coin.engine.plays(coin.prepared);
    const plays = honest.map((play) => ({ ...play, rtp: fraction(9, 10) }));
    const result = simulate(
      { ...coin, engine: { ...coin.engine, plays: () => plays } },
      100_000,
      "x",
    );
    assert.ok((result.sigmas ?? 0) > 10);
  });

  it("keeps its memory small when an engine makes a new tally each round", () => {
    const coin = example(engines.get("coin-flip"));
    const engine = { ...coin.engine, tally: () => ({ staked: one, payout: fraction(99, 100) }) };
    const result = simulate({ ...coin, engine }, 20_000, "x");
    assert.deepEqual([result.rtp, result.sigmas, result.standardError], [0.99, null, 0]);
  });

  it("agrees exactly with a game that always pays the same", () => {
    const engine = engines.get("keno") ?? assert.fail();
    // Every number is drawn, so that every pick is hit.
    const tables = { sure: { "1": ["0", "7/9"] } };
    const compiled = ready(engine, { numbers: 5, draws: 5, tables });
    const { sigmas, standardError } = simulate(compiled, 1_000, "x");
    assert.deepEqual([sigmas, standardError], [0, 0]);
  });

  it("plays a single round", () => {
    assert.equal(simulate(example(engines.get("coin-flip")), 1, "x").rounds, 1);
  });
});
