import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  add,
  compare,
  div,
  type Fraction,
  floor,
  floorTo,
  fraction,
  lcm,
  max,
  min,
  mul,
  one,
  parseFraction,
  sub,
  toDecimal,
  toNumber,
  toText,
  zero,
} from "./fraction.ts";

const big = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 30n });
const fractions = fc.tuple(big, positive).map(([n, d]) => fraction(n, d));
const same = (a: Fraction, b: Fraction) => assert.deepEqual(a, b);

describe("fraction", () => {
  it("is in lowest terms with a positive denominator", () => {
    same(fraction(196, 100), fraction(49, 25));
    same(fraction(1, -2), fraction(-1, 2));
    assert.deepEqual({ ...fraction(0, 7) }, { n: 0n, d: 1n });
    assert.throws(() => fraction(1, 0), RangeError);
  });

  it("obeys the laws of a field", () => {
    fc.assert(
      fc.property(fractions, fractions, fractions, (a, b, c) => {
        same(add(a, b), add(b, a));
        same(mul(a, add(b, c)), add(mul(a, b), mul(a, c)));
        same(sub(add(a, b), b), a);
        if (b.n !== 0n) same(mul(div(a, b), b), a);
      }),
    );
  });

  it("orders as its difference from zero does", () => {
    fc.assert(
      fc.property(fractions, fractions, (a, b) => {
        assert.equal(compare(a, b), compare(sub(a, b), zero));
        assert.ok(compare(max(a, b), min(a, b)) >= 0);
        assert.equal(compare(a, a), 0);
      }),
    );
  });

  it("rounds down, below zero too", () => {
    fc.assert(
      fc.property(fractions, (a) => {
        const whole = fraction(floor(a));
        assert.ok(compare(whole, a) <= 0);
        assert.ok(compare(sub(a, whole), one) < 0);
      }),
    );
    same(floorTo(parseFraction("1.0769"), 2), parseFraction("1.07"));
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(positive, positive, (n, d) => {
        const value = fraction(n % 10n ** 15n, d);
        same(parseFraction(toText(value)), value);
      }),
    );
    assert.equal(toText(parseFraction("0.98")), "49/50");
    assert.equal(toText(parseFraction("2.00")), "2");
  });

  for (const text of [
    "",
    "1.",
    ".5",
    "-1",
    "+1",
    "1e3",
    "01",
    "1/0",
    "1/-2",
    "0x1",
    " 1",
    "1,5",
    "٣",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseFraction(text), RangeError);
    });
  }

  it("refuses texts of absurd length before reading them", () => {
    assert.throws(() => parseFraction("1".repeat(100_000)), RangeError);
  });

  const decimals: [string, number, "nearest" | "down" | "up", string][] = [
    ["2/3", 4, "nearest", "0.6667"],
    ["2/3", 4, "down", "0.6666"],
    ["1/3", 2, "up", "0.34"],
    ["1/2", 2, "up", "0.5"],
    ["49/50", 12, "nearest", "0.98"],
    ["1/2", 0, "nearest", "1"],
    ["7", 3, "down", "7"],
  ];
  for (const [text, digits, rounding, expected] of decimals) {
    it(`writes ${text} with ${digits} decimals rounded ${rounding} as ${expected}`, () => {
      assert.equal(toDecimal(parseFraction(text), digits, rounding), expected);
    });
  }

  it("writes negative decimals", () => {
    assert.equal(toDecimal(fraction(-1, 8), 3), "-0.125");
  });

  it("becomes the nearest double, whatever its size", () => {
    assert.equal(toNumber(fraction(49, 50)), 0.98);
    assert.equal(toNumber(fraction(-1, 3)), -1 / 3);
    assert.equal(toNumber(zero), 0);
    const tiny = toNumber(fraction(10n ** 60n + 1n, 10n ** 80n));
    assert.ok(Math.abs(tiny - 1e-20) < 1e-33);
  });

  it("finds least common multiples", () => {
    assert.equal(lcm(4n, 6n), 12n);
  });
});
