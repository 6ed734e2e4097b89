import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type ChainNode, NodeError, type Payment } from "../adapters/adapter.ts";
import { Disagreement, readPayments } from "./read-payments.ts";

const block = { height: 7n, hash: "0x07" };
const assets = new Set(["coin"]);
const payment = (amount: bigint, more: Partial<Payment> = {}): Payment => {
  return { transactionHash: "0x1", output: "value", address: "a", asset: "coin", amount, ...more };
};

/** The one call of a node that is made here. */
function node(name: string, payments: () => readonly Payment[] | undefined): ChainNode {
  return { name, payments: async () => payments() } as unknown as ChainNode;
}
const away = () => {
  throw new NodeError("away");
};

describe("payments of a block", () => {
  it("are what two nodes tell alike, in whatever order, of the assets that count", async () => {
    const more = payment(2n, { output: "log1" });
    const other = payment(9n, { asset: "spam" });
    const nothing = payment(0n);
    const nodes = [
      node("a", () => [payment(1n), more, other]),
      node("b", () => [more, payment(1n), nothing]),
    ];
    assert.deepEqual(await readPayments(nodes, block, assets), [payment(1n), more]);
  });

  it("are a single node's where there is but one", async () => {
    assert.deepEqual(await readPayments([node("a", () => [payment(1n)])], block, assets), [
      payment(1n),
    ]);
  });

  it("wait for a second word where nodes are away or have not the block", async () => {
    const one = node("a", () => [payment(1n)]);
    for (const nodes of [[one, node("b", away)], [node("b", () => undefined), one], []]) {
      await assert.rejects(readPayments(nodes, block, assets), NodeError);
    }
    const three = [node("b", away), one, node("c", () => [payment(1n)])];
    assert.deepEqual(await readPayments(three, block, assets), [payment(1n)]);
  });

  it("are nobody's where two nodes differ, in any field", async () => {
    const changes = [
      { amount: 2n },
      { address: "b" },
      { transactionHash: "0x2" },
      { output: "log0" },
    ];
    for (const change of changes) {
      const nodes = [node("a", () => [payment(1n)]), node("b", () => [payment(1n, change)])];
      await assert.rejects(readPayments(nodes, block, assets), Disagreement);
    }
    const missing = [node("a", () => [payment(1n)]), node("b", () => [])];
    await assert.rejects(readPayments(missing, block, assets), Disagreement);
  });
});
