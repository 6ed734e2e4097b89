import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { boundary } from "./return-boundary.ts";

const options = { alpha: 0.05, scale: 3, least: 10 };

/** Values of V from the least one over many epochs, eight in each. */
const manyV = (least: number) => Array.from({ length: 400 }, (_, i) => least * 2 ** (i / 8));

/** What makes a sum with terms above −c a supermartingale, per squared unit: (−log(1 − λc) − λc) / c². */
const psi = (lambda: number, c: number) =>
  c === 0 ? lambda ** 2 / 2 : (-Math.log1p(-lambda * c) - lambda * c) / c ** 2;

/** A line that a fair sum ever reaches with this chance at most, close to the lowest one at that V: (log(1/α) + ψ(λ)V)/λ. */
function lineOf(chance: number, center: number, c: number): (v: number) => number {
  const log = Math.log(1 / chance);
  let [low, high] = [0, c === 0 ? 10 : 1 / c];
  for (let halving = 0; halving < 200; halving++) {
    const middle = (low + high) / 2;
    if (psi(middle, c) * center < log) low = middle;
    else high = middle;
  }
  return (v) => (log + psi(low, c) * v) / low;
}

describe("the boundary of a fair game", () => {
  it("has the values of the authors' own program", () => {
    // confseq, uniform_boundaries_unittest.cpp: PolyStitchingTest.BasicTest.
    assert.ok(Math.abs(boundary(100, options) - 64.48755) < 1e-5);
  });

  it("has the figures of the formula worked out by hand", () => {
    // l = 1.4·ln(ln 2) + ln(3.105547/(0.05·0.693147^1.4)) = ln(62.11095) = 4.128922
    const level = Math.log(3.105547277977581 / 0.05);
    const k1 = 1.4355;
    const k2 = 1.2071068;
    const expected = Math.sqrt(k1 ** 2 * 10 * level + (k2 * 3 * level) ** 2) + k2 * 3 * level;
    assert.ok(Math.abs(boundary(10, options) - expected) < 1e-4);
    assert.ok(Math.abs(boundary(0, options) - expected) < 1e-4, "level below the least V");
  });

  for (const scale of [0, 0.1, 1, 3, 50]) {
    it(`lies above a line for each epoch whose chances sum up to alpha (scale ${scale})`, () => {
      const chances: number[] = [];
      for (let epoch = 0; epoch < 50; epoch++) {
        const chance = 0.05 / (3.105547277977581 * (epoch + 1) ** 1.4);
        chances.push(chance);
        const line = lineOf(chance, 10 * 2 ** (epoch + 0.5), scale);
        for (let part = 0; part <= 8; part++) {
          const v = 10 * 2 ** (epoch + part / 8);
          // Without a scale the two touch where an epoch begins.
          const above = boundary(v, { ...options, scale }) / line(v);
          assert.ok(above > 1 - 1e-12, `epoch ${epoch}, V ${v}: ${above}`);
        }
      }
      assert.ok(chances.reduce((sum, chance) => sum + chance) < 0.05);
    });
  }

  it("grows with V, with the scale, and as the chance gets smaller", () => {
    const at = (v: number, change = {}) => boundary(v, { ...options, ...change });
    for (const [i, v] of manyV(10).entries()) {
      assert.ok(i === 0 || at(v) > at(manyV(10)[i - 1] ?? 0));
      assert.ok(at(v, { scale: 6 }) > at(v) && at(v, { alpha: 0.01 }) > at(v));
    }
  });

  it("is of one shape for every unit of money", () => {
    const cents = boundary(12_345, { alpha: 1e-6, scale: 100, least: 100 ** 2 });
    const dollars = boundary(1.2345, { alpha: 1e-6, scale: 1, least: 1 });
    assert.ok(Math.abs(cents / 100 - dollars) < 1e-9);
  });
});
