import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { selects } from "./label-selector.ts";

describe("selects", () => {
  const labels = { app: "dice", tier: "game" };
  const cases: readonly [string, boolean][] = [
    ["", true],
    ["app=dice", true],
    ["app==dice,tier=game", true],
    ["app=dice,tier=lobby", false],
    ["app!=dice", false],
    ["app!=mines", true],
    ["app in (mines, dice),tier", true],
    ["app notin (mines,dice)", false],
    ["missing notin (x)", true],
    ["missing", false],
    ["!missing", true],
    ["!app", false],
  ];
  for (const [selector, expected] of cases) {
    it(`${selector || "the empty selector"}: ${expected}`, () => {
      assert.equal(selects(selector, labels), expected);
    });
  }
});
