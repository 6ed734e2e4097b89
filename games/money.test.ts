import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { currencies } from "./currencies.ts";
import { formatAmount, parseAmount } from "./money.ts";

describe("money", () => {
  it("reads back every amount that it writes", () => {
    const amounts = fc.bigInt({ min: 0n, max: 10n ** 38n - 1n });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 18 }), (amount, digits) => {
        assert.equal(parseAmount(formatAmount(amount, digits), digits), amount);
      }),
    );
  });

  const cases: [string, number, bigint | undefined][] = [
    ["1.5", 2, 150n],
    ["1.50", 2, 150n],
    ["0.25", 2, 25n],
    ["100", 0, 100n],
    ["0.000000000000000001", 18, 1n],
    ["1.005", 2, undefined],
    ["1.0", 0, undefined],
    ["1.", 2, undefined],
    ["-1", 2, undefined],
    ["01", 2, undefined],
    ["1e2", 2, undefined],
    ["", 2, undefined],
    ["1 ", 2, undefined],
    [`1${"0".repeat(37)}`, 2, undefined],
  ];
  for (const [text, digits, amount] of cases) {
    it(`reads ${JSON.stringify(text)} with ${digits} digits as ${amount}`, () => {
      assert.equal(parseAmount(text, digits), amount);
    });
  }

  it("writes all of a currency's digits", () => {
    assert.equal(formatAmount(5n, 2), "0.05");
    assert.equal(formatAmount(-150n, 2), "-1.50");
    assert.equal(formatAmount(7n, 0), "7");
  });

  it("knows the digits of the usual currencies", () => {
    const digits = ["JPY", "USD", "EUR", "GBP", "BTC", "ETH"].map((code) => currencies.get(code));
    assert.deepEqual(digits, [0, 2, 2, 2, 8, 18]);
  });
});
