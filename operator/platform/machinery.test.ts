import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Game } from "../../crds/generated/game.ts";
import { game } from "../game/testing/samples.ts";
import { matters } from "./machinery.ts";

const with_ = (metadata: Partial<Game["metadata"]>): Game => ({
  ...game(),
  metadata: { ...game().metadata, ...metadata },
});

describe("a change of an object", () => {
  const cases: Record<string, [before: Game | undefined, after: Game | undefined, boolean]> = {
    "its coming": [undefined, game(), true],
    "its going": [game(), undefined, true],
    "another spec": [game(), with_({ generation: 4 }), true],
    "an annotation": [game(), with_({ annotations: { "pitboss.dev/paused": "true" } }), true],
    "its deletion": [game(), with_({ deletionTimestamp: "2026-01-01T00:00:00Z" }), true],
    "a finalizer that somebody took": [with_({ finalizers: ["x"] }), game(), true],
    "its status alone": [game(), { ...with_({ resourceVersion: "8" }), status: {} }, false],
  };
  for (const [what, [before, after, expected]] of Object.entries(cases)) {
    it(`${expected ? "is" : "is not"} looked at: ${what}`, () => {
      assert.equal(matters({ key: "casino/coin-flip", before, after, low: false }), expected);
    });
  }

  it("is looked at again with each periodic list", () => {
    const same = game();
    assert.ok(matters({ key: "casino/coin-flip", before: same, after: same, low: true }));
  });
});
