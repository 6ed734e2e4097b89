import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { NodeError } from "./adapter.ts";
import { satoshis } from "./bitcoin-json.ts";
import { outcomeOf } from "./bitcoin-submit.ts";

describe("a Bitcoin node's JSON", () => {
  it("gives every amount exactly, and refuses one that a double cannot hold", () => {
    const all = 2n ** 26n * 100_000_000n - 1n;
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: all }), (amount) => {
        const text = `${amount / 100_000_000n}.${String(amount % 100_000_000n).padStart(8, "0")}`;
        assert.equal(satoshis(JSON.parse(text), "amount"), amount);
      }),
      { numRuns: 2_000 },
    );
    for (const odd of ["1", null, -1, 67_108_864, 1e300, Number.NaN]) {
      assert.throws(() => satoshis(odd, "amount"), NodeError);
    }
  });

  it("says in words what became of a transaction", () => {
    const words = [
      ["transaction already in block chain", "known"],
      ["txn-already-in-mempool", "known"],
      ["bad-txns-inputs-missingorspent", "nonce_too_low"],
      ["insufficient fee, rejecting replacement 1234", "underpriced"],
      ["min relay fee not met, 10 < 141", "underpriced"],
      ["dust", "invalid"],
      ["something new", "unknown"],
    ];
    for (const [message = "", outcome] of words) assert.equal(outcomeOf(message), outcome, message);
  });
});
