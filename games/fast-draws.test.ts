import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FastDraws } from "./fast-draws.ts";

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
