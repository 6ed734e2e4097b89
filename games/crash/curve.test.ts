import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { parseFraction } from "../fraction.ts";
import { curveOf, mostTicks, tickOf } from "./curve.ts";

describe("the curve of crash", () => {
  it("begins at 1.00 and grows by its share each tick, rounded down to whole parts of 10^12", () => {
    const curve = curveOf(parseFraction("0.0006"), 1_000_000) ?? assert.fail();
    // ln 2 / ln 1.0006 = 1155.6 and ln 10,000 / ln 1.0006 = 15,355.2.
    assert.deepEqual([curve[0], curve[16], curve[17]], [100, 100, 101]);
    assert.deepEqual([curve[1155], curve[1156]], [199, 200]);
    assert.equal(curve.length, 15_357);
    assert.deepEqual(curve.at(-1), 1_000_000);
  });

  it("is the same as exact integers give, and ends at the first tick that reaches the largest", () => {
    const growth = fc.constantFrom("0.0006", "0.01", "1/3", "1", "2.5", "0.000123456789");
    fc.assert(
      fc.property(growth, fc.integer({ min: 101, max: 5_000 }), (text, largest) => {
        const { n, d } = parseFraction(text);
        const curve = curveOf({ n, d }, largest) ?? assert.fail();
        let value = 10n ** 12n;
        for (const [tick, multiplier] of curve.entries()) {
          const shown = (value * 100n) / 10n ** 12n;
          const last = tick === curve.length - 1;
          assert.equal(shown >= BigInt(largest), last);
          assert.equal(multiplier, last ? largest : Number(shown));
          value += (value * n) / d;
        }
      }),
      { numRuns: 30 },
    );
  });

  it("never decreases, and finds the first tick of each multiplier", () => {
    const curve = curveOf(parseFraction("0.003"), 3_000) ?? assert.fail();
    assert.ok(curve.every((multiplier, tick) => multiplier >= (curve[tick - 1] ?? 0)));
    for (let multiplier = 100; multiplier <= 3_000; multiplier++) {
      assert.equal(
        tickOf(curve, multiplier),
        curve.findIndex((it) => it >= multiplier),
      );
    }
  });

  it("is refused where it takes too long", () => {
    assert.equal(curveOf(parseFraction("0"), 101), undefined);
    assert.equal(curveOf(parseFraction("0.000001"), 1_000_000), undefined);
    const slow = curveOf(parseFraction("0.00001"), 1_000_000) ?? assert.fail();
    assert.ok(slow.length < mostTicks);
  });
});
