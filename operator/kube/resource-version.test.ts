import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isNewer, newest } from "./resource-version.ts";

const CASES: [string | undefined, string | undefined, boolean | undefined][] = [
  ["2", "1", true],
  ["1", "2", false],
  ["1", "1", false],
  ["10", "9", true],
  ["99", "100", false],
  ["9007199254740993", "9007199254740992", true],
  [undefined, "1", undefined],
  ["1", undefined, undefined],
  ["", "1", undefined],
  ["abc", "1", undefined],
  ["0", "1", undefined],
];

describe("isNewer", () => {
  for (const [a, b, newer] of CASES) {
    it(`${a} after ${b}: ${newer}`, () => assert.equal(isNewer(a, b), newer));
  }
});

describe("newest", () => {
  it("keeps what is newer, and takes what it cannot compare", () => {
    assert.equal(newest("5", "3"), "5");
    assert.equal(newest("5", "7"), "7");
    assert.equal(newest(undefined, "7"), "7");
    assert.equal(newest("5", "x"), "x");
  });
});
