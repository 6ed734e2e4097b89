import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FastDraws } from "./fast-draws.ts";
import { fraction, one } from "./fraction.ts";
import type { Engine } from "./game.ts";
import { engines } from "./index.ts";
import { type Compiled, compile } from "./play.ts";
import { simulate } from "./simulate.ts";

function ready(engine: Engine | undefined): Compiled {
  assert.ok(engine);
  const compiled = compile(engine, {});
  assert.ok(!("problems" in compiled));
  return compiled;
}

describe("simulate", () => {
  for (const engine of engines.values()) {
    it(`plays ${engine.name} to its exact return, within 3 standard errors`, () => {
      const result = simulate(ready(engine), 300_000, "repeatable");
      assert.ok(result.standardError > 0);
      assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    });
  }

  it("repeats itself with the same seed and not with another", () => {
    const coin = ready(engines.get("coin-flip"));
    const { roundsPerSecond: _, ...first } = simulate(coin, 10_001, "a");
    assert.deepEqual(
      { ...simulate(coin, 10_001, "a"), roundsPerSecond: 0 },
      { ...first, roundsPerSecond: 0 },
    );
    assert.notEqual(simulate(coin, 10_001, "b").rtp, first.rtp);
  });

  it("notices an engine that pays more than its returns say", () => {
    const coin = ready(engines.get("coin-flip"));
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
    const coin = ready(engines.get("coin-flip"));
    const engine = { ...coin.engine, tally: () => ({ staked: one, payout: fraction(99, 100) }) };
    const result = simulate({ ...coin, engine }, 20_000, "x");
    assert.deepEqual([result.rtp, result.sigmas, result.standardError], [0.99, null, 0]);
  });

  it("plays a single round", () => {
    assert.equal(simulate(ready(engines.get("coin-flip")), 1, "x").rounds, 1);
  });
});

describe("fast draws", () => {
  for (const n of [2, 3, 25, 10_000, 2 ** 32, 2 ** 40]) {
    it(`are uniform below ${n}`, () => {
      const draws = new FastDraws(`uniform ${n}`);
      const cells = Math.min(n, 25);
      const counts = new Array<number>(cells).fill(0);
      const rounds = 50_000;
      for (let i = 0; i < rounds; i++) {
        const drawn = draws.below(n);
        assert.ok(drawn >= 0 && drawn < n);
        const cell = Math.floor((drawn / n) * cells);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      const expected = rounds / cells;
      const squared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      assert.ok(squared - (cells - 1) < 5 * Math.sqrt(2 * cells), `chi-squared ${squared}`);
    });
  }

  it("draw big integers and permutations too", () => {
    const draws = new FastDraws("x");
    assert.ok(draws.belowBig(2n ** 100n) < 2n ** 100n);
    assert.equal(draws.belowBig(1n), 0n);
    assert.equal(new Set(draws.shuffle(52)).size, 52);
    assert.equal(new Set(draws.choose(25, 5)).size, 5);
  });
});
