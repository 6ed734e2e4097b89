import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { sameQuantity } from "./quantity.ts";

const SAME: [string | number, string | number][] = [
  ["1000m", "1"],
  ["1000m", 1],
  ["0.5", "500m"],
  ["1Gi", "1073741824"],
  ["1024Mi", "1Gi"],
  ["1.5Gi", "1536Mi"],
  ["1k", "1000"],
  ["1e3", "1k"],
  ["1E", "1e18"],
  ["100u", "0.1m"],
  ["1.", "1"],
  ["-1", "-1000m"],
  ["0", "0Gi"],
];

const DIFFERENT: [string | number, string | number][] = [
  ["1", "1m"],
  ["1G", "1Gi"],
  ["1", "-1"],
  ["10", "100"],
  ["one", "one more"],
  ["one", "one"],
  ["", ""],
  ["1 Gi", "1Gi"],
];

describe("sameQuantity", () => {
  for (const [a, b] of SAME) it(`${a} is ${b}`, () => assert.equal(sameQuantity(a, b), true));
  for (const [a, b] of DIFFERENT) {
    it(`"${a}" and "${b}" are not one quantity`, () => assert.equal(sameQuantity(a, b), false));
  }
});
