import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Header } from "../adapters/adapter.ts";
import { HeaderTree } from "./header-tree.ts";
import { electFinal, electHead } from "./vote.ts";

/** Branches as words: each letter is a block, and its hash is the word up to there. */
function treeOf(...branches: readonly string[]): HeaderTree {
  const tree = new HeaderTree();
  for (const branch of branches) {
    tree.add(
      [...branch].map((_, index) => ({
        height: BigInt(index),
        hash: branch.slice(0, index + 1),
        parentHash: branch.slice(0, index),
        time: new Date(0),
        transactionCount: 0,
      })),
    );
  }
  return tree;
}

describe("the served head", () => {
  for (const { what, tips, quorum, served, elected } of [
    { what: "of one node is its own", tips: ["abc"], quorum: 1, elected: "abc" },
    {
      what: "is what two of three have",
      tips: ["abc", "abcd", "abcde"],
      quorum: 2,
      elected: "abcd",
    },
    { what: "is the common ancestor of all", tips: ["abcd", "abx"], quorum: 2, elected: "ab" },
    {
      what: "is of the majority's branch",
      tips: ["abcd", "abx", "abxy"],
      quorum: 2,
      elected: "abx",
    },
    { what: "is none without a quorum", tips: ["abc"], quorum: 2, elected: undefined },
    {
      what: "is none where nothing is common",
      tips: ["abc", "xyz"],
      quorum: 2,
      elected: undefined,
    },
    {
      what: "is the highest where one is enough",
      tips: ["abc", "abxyz"],
      quorum: 1,
      elected: "abxyz",
    },
    {
      what: "stays where two are alike",
      tips: ["abc", "abx"],
      quorum: 1,
      served: "abx",
      elected: "abx",
    },
    { what: "is the same for all who begin", tips: ["abx", "abc"], quorum: 1, elected: "abc" },
  ]) {
    it(what, () => {
      const tree = treeOf(...tips);
      const header = (word: string): Header => {
        const found = tree.get(word);
        assert.ok(found !== undefined);
        return found;
      };
      const head = electHead(
        tree,
        tips.map(header),
        quorum,
        served === undefined ? undefined : header(served),
      );
      assert.equal(head?.hash, elected);
    });
  }
});

describe("the finalized height", () => {
  it("is the highest that a quorum calls final", () => {
    assert.equal(electFinal([5n, 9n, 7n], 2), 7n);
    assert.equal(electFinal([5n, 9n, 7n], 3), 5n);
    assert.equal(electFinal([5n], 2), undefined);
  });
});
