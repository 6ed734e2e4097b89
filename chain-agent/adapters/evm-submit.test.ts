import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { NodeError, RpcError } from "./adapter.ts";
import { outcomeOf, submitRaw } from "./evm-submit.ts";

describe("what a node says to a transaction", () => {
  for (const [message, outcome] of [
    ["already known", "known"],
    ["AlreadyKnown", "known"],
    ["transaction already imported", "known"],
    ["nonce too low: next nonce 5, tx nonce 4", "nonce_too_low"],
    ["OldNonce, Current nonce: 5, nonce of rejected tx: 4", "nonce_too_low"],
    ["replacement transaction underpriced", "underpriced"],
    ["transaction underpriced: tip needed 1, tip permitted 0", "underpriced"],
    ["max fee per gas less than block base fee", "underpriced"],
    ["insufficient funds for gas * price + value", "insufficient_funds"],
    ["Upfront cost exceeds account balance", "insufficient_funds"],
    ["invalid sender", "invalid"],
    ["intrinsic gas too low", "invalid"],
    ["something nobody ever said", "unknown"],
  ] as const) {
    it(`takes "${message}" for ${outcome}`, () => assert.equal(outcomeOf(message), outcome));
  }

  it("is a refusal only where the node has answered", async () => {
    const refused = await submitRaw(
      () => Promise.reject(new RpcError(-32000, "already known")),
      "0x",
    );
    assert.equal(refused.outcome, "known");
    const silent = submitRaw(() => Promise.reject(new NodeError("no answer")), "0x");
    await assert.rejects(silent, NodeError);
  });
});
