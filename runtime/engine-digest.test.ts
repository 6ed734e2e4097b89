import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { engineDigest as proving } from "../operator/game/engine-digest.ts";
import { engineDigest as playing } from "./engine-digest.ts";

describe("engine-digest", () => {
  it("is the one that the operator makes of the same code", () => {
    assert.match(playing(), /^[0-9a-f]{32}$/);
    assert.equal(playing(), proving());
  });
});
