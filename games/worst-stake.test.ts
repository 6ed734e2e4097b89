import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { returnEntry } from "./enumerate.ts";
import { compare, type Fraction, fraction, one, sub, toText, zero } from "./fraction.ts";
import type { ReturnEntry } from "./game.ts";
import { percent, worstStake } from "./worst-stake.ts";

/** One bet of equally likely outcomes. */
function betOf(multipliers: Fraction[]): ReturnEntry {
  const probability = fraction(1, multipliers.length + 1);
  const outcomes = [zero, ...multipliers].map((multiplier) => ({ multiplier, probability }));
  return returnEntry({}, outcomes);
}

function slowReturn(entry: ReturnEntry, stake: bigint): Fraction {
  let paid = zero;
  for (const { multiplier: m, probability: p } of entry.outcomes ?? []) {
    const floor = (stake * m.n) / m.d;
    paid = fraction(paid.n * p.d + p.n * floor * paid.d, paid.d * p.d);
  }
  return fraction(paid.n, paid.d * stake);
}

function slowWorst(entries: ReturnEntry[], min: bigint, max: bigint, step: bigint): Fraction {
  let worst: Fraction | undefined;
  for (const entry of entries) {
    for (let stake = min; stake <= max; stake += step) {
      const rtp = slowReturn(entry, stake);
      if (!worst || compare(rtp, worst) < 0) worst = rtp;
    }
  }
  return worst ?? zero;
}

const multiplier = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 150 }))
  .map(([n, d]) => fraction(n, d));
const bets = fc.array(fc.array(multiplier, { minLength: 1, maxLength: 4 }).map(betOf), {
  minLength: 1,
  maxLength: 3,
});

describe("worst stake", () => {
  it("is the lowest of all stakes, tried one by one", () => {
    const count = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(bets, count, count, fc.integer({ min: 0, max: 300 }), (entries, k, s, more) => {
        const step = BigInt(s);
        const min = step * BigInt(k);
        const max = min + step * BigInt(more);
        const found = worstStake(entries, { min, max, step });
        assert.ok(found);
        assert.equal(toText(found.rtp), toText(slowWorst(entries, min, max, step)));
        assert.equal(toText(found.rtp), toText(slowReturn(found.entry, found.stake)));
        assert.equal((found.stake - min) % step, 0n);
      }),
      { numRuns: 300 },
    );
  });

  const minute = { max: 10n ** 14n, step: 1n };
  for (const text of ["1.000001", "1.999999", "1.414213", "3.141592"]) {
    it(`walks no million stakes for a multiplier of ${text}`, () => {
      const [whole, digits] = text.split(".");
      const entry = betOf([fraction(BigInt(`${whole}${digits}`), 10n ** 6n)]);
      const started = performance.now();
      const found = worstStake([entry], { min: 10n ** 6n + 1n, ...minute });
      assert.ok(found && compare(found.rtp, entry.rtp) <= 0);
      assert.ok(performance.now() - started < 2_000);
    });
  }

  it("takes off what decisions stake beyond the first stake", () => {
    const entry = betOf([fraction(5, 2)]);
    const raised = fraction(1, 10);
    const stakes = { min: 1n, max: 4n, step: 1n };
    const plain = worstStake([entry], stakes);
    const net = worstStake([{ ...entry, rtp: sub(entry.rtp, raised) }], stakes);
    assert.deepEqual([plain?.stake, plain?.rtp], [1n, one]);
    assert.deepEqual([net?.stake, net?.rtp], [1n, sub(one, raised)]);
  });

  it("takes the bound where a bet has no distribution", () => {
    const entry = { ...betOf([fraction(2)]), outcomes: null };
    const found = worstStake([entry], { min: 10n, max: 100n, step: 10n });
    assert.equal(found?.bound, true);
    assert.equal(toText(found?.rtp ?? zero), "19/20");
  });

  it("finds nothing where there is no bet", () => {
    assert.equal(worstStake([], { min: 1n, max: 1n, step: 1n }), undefined);
  });

  it("is shown rounded away from the limit that it breaks", () => {
    assert.equal(percent(fraction(949_999, 1_000_000), "down"), "94.99%");
    assert.equal(percent(fraction(1_000_001, 1_000_000), "up"), "100.01%");
    assert.equal(percent(fraction(1), "up"), "100.00%");
    // The bound of slots, where a stake is a few minor units.
    assert.equal(percent(fraction(-608, 10_000), "down"), "-6.08%");
  });
});
