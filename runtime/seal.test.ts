import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "mocha";
import { seal, unseal } from "./seal.ts";

const owner = { game: "coin-flip", player: "ann", pair: "01a2010a-7336-7ed8-9283-6b85969589e0" };

describe("sealed server seeds", () => {
  const key = randomBytes(32);
  const seed = randomBytes(32);

  it("open with the key and for the owner they were sealed for", () => {
    assert.deepEqual(unseal(key, owner, seal(key, owner, seed)), seed);
  });

  it("differ each time, and have 60 bytes", () => {
    const [one, two] = [seal(key, owner, seed), seal(key, owner, seed)];
    assert.notDeepEqual(one, two);
    assert.equal(one.length, 60);
  });

  it("do not open with another key, for another owner, or changed; and the error holds no seed", () => {
    const sealed = seal(key, owner, seed);
    const changed = Buffer.from(sealed);
    changed[20] = (changed[20] ?? 0) ^ 1;
    const attempts = [
      () => unseal(randomBytes(32), owner, sealed),
      () => unseal(key, { ...owner, player: "bob" }, sealed),
      () => unseal(key, { ...owner, game: "dice" }, sealed),
      () => unseal(key, { ...owner, pair: "01a2010a-7336-7ed8-9283-6b85969589e1" }, sealed),
      () => unseal(key, owner, changed),
      () => unseal(key, owner, sealed.subarray(1)),
    ];
    for (const attempt of attempts) {
      assert.throws(attempt, (error: Error) => !error.message.includes(seed.toString("hex")));
    }
  });

  it("are made of 32 bytes only", () => {
    assert.throws(() => seal(key, owner, randomBytes(31)), RangeError);
  });
});
