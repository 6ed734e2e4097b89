import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { firstRates, raised, replacingRates } from "./fees.ts";

const amount = fc.bigInt({ min: 1n, max: 10n ** 18n });
const rates = fc
  .tuple(amount, amount)
  .map(([a, b]) => (a > b ? { rate: a, tip: b } : { rate: b, tip: a }));

describe("fees", () => {
  it("are raised by an eighth, rounded up", () => {
    assert.deepEqual([1n, 7n, 8n, 9n, 1_000n].map(raised), [2n, 8n, 9n, 11n, 1_125n]);
  });

  it("of a first transaction are the market's, below the cap", () => {
    assert.deepEqual(firstRates({ rate: 50n, tip: 3n }, 100n), { rate: 50n, tip: 3n });
    assert.deepEqual(firstRates({ rate: 500n, tip: 200n }, 100n), { rate: 100n, tip: 100n });
    assert.deepEqual(firstRates({ rate: 50n, tip: 3n }, 100n, 70n), { rate: 70n, tip: 3n });
    assert.deepEqual(firstRates({ rate: 50n, tip: 3n }, 100n, 700n), { rate: 100n, tip: 3n });
  });

  it("of a replacement are what every node takes, or there is none", () => {
    fc.assert(
      fc.property(rates, rates, amount, amount, (old, market, cap, wanted) => {
        const next = replacingRates(old, market, cap, wanted);
        if (next === undefined) return assert.ok(raised(old.rate) > cap);
        assert.ok(next.rate >= raised(old.rate) && next.rate <= cap);
        assert.ok(next.tip <= next.rate);
        // geth's rule, for both: at least a tenth more.
        assert.ok(next.rate * 10n >= old.rate * 11n);
        assert.ok(next.tip * 10n >= old.tip * 11n || next.tip === next.rate);
        assert.ok(next.rate >= (market.rate < cap ? market.rate : cap));
      }),
    );
  });

  it("of a replacement follow a higher market or wish, up to the cap", () => {
    const old = { rate: 100n, tip: 10n };
    assert.deepEqual(replacingRates(old, { rate: 50n, tip: 1n }, 1_000n, 0n), {
      rate: 113n,
      tip: 12n,
    });
    assert.deepEqual(replacingRates(old, { rate: 400n, tip: 30n }, 1_000n, 0n), {
      rate: 400n,
      tip: 30n,
    });
    assert.deepEqual(replacingRates(old, { rate: 50n, tip: 1n }, 1_000n, 300n), {
      rate: 300n,
      tip: 12n,
    });
    assert.deepEqual(replacingRates(old, { rate: 9_000n, tip: 1n }, 1_000n, 0n), {
      rate: 1_000n,
      tip: 12n,
    });
    assert.equal(replacingRates(old, { rate: 50n, tip: 1n }, 112n, 0n), undefined);
  });
});
