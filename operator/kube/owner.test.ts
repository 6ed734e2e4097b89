import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isControlledBy, ownerKey, ownerReference } from "./owner.ts";

const game = {
  apiVersion: "pitboss.dev/v1alpha1",
  kind: "Game",
  metadata: { name: "dice", namespace: "casino", uid: "1" },
};
const child = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "dice", namespace: "casino", ownerReferences: [ownerReference(game)] },
};

describe("owner", () => {
  it("controls without blocking its own deletion", () => {
    assert.deepEqual(ownerReference(game), {
      apiVersion: "pitboss.dev/v1alpha1",
      kind: "Game",
      name: "dice",
      uid: "1",
      controller: true,
      blockOwnerDeletion: false,
    });
  });

  it("must exist before it owns anything", () => {
    assert.throws(() => ownerReference({ ...game, metadata: { name: "dice" } }), /has no UID/);
  });

  it("is told by UID, not by name", () => {
    assert.equal(isControlledBy(child, game), true);
    assert.equal(
      isControlledBy(child, { ...game, metadata: { ...game.metadata, uid: "2" } }),
      false,
    );
    assert.equal(isControlledBy({ ...child, metadata: { name: "dice" } }, game), false);
  });

  it("is found by its kind in any version", () => {
    assert.equal(ownerKey(child, game), "casino/dice");
    assert.equal(ownerKey(child, { apiVersion: "pitboss.dev/v1", kind: "Game" }), "casino/dice");
    assert.equal(ownerKey(child, { apiVersion: "other.dev/v1", kind: "Game" }), undefined);
    assert.equal(ownerKey(child, { apiVersion: "pitboss.dev/v1", kind: "Jackpot" }), undefined);
    assert.equal(ownerKey(game, game), undefined);
  });
});
