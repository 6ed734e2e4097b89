import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import { loadProof, saveProof } from "./proofs.ts";
import type { StoredProof } from "./types.ts";

describe("saveProof and loadProof", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const proof: StoredProof = {
    ...{ revision: "0123456789abcdef", engine: "coin-flip", engineVersion: "1" },
    ...{ config: { multiplier: "1.96" }, engineDigest: "code-1", maxMultiplier: "49/25" },
    proof: { rtp: { min: "49/50", max: "49/50" }, verdict: { ok: true } },
  };

  it("gives back what was saved, as often as it is saved", async () => {
    await saveProof(database.db, proof);
    await saveProof(database.db, proof);
    assert.deepEqual(await loadProof(database.db, proof.revision, "code-1"), proof);
  });

  it("knows no proof of a revision that was never proven, or by other code", async () => {
    assert.equal(await loadProof(database.db, "ffffffffffffffff", "code-1"), null);
    assert.equal(await loadProof(database.db, proof.revision, "code-2"), null);
  });

  it("takes the proof of newer code for the older one", async () => {
    const newer = { ...proof, engineDigest: "code-2", maxMultiplier: "2" };
    await saveProof(database.db, newer);
    assert.deepEqual(await loadProof(database.db, proof.revision, "code-2"), newer);
    assert.equal(await loadProof(database.db, proof.revision, "code-1"), null);
  });
});
