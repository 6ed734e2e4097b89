import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "mocha";
import { hmacSha256 } from "./hmac.ts";

describe("hmacSha256", () => {
  it("is node:crypto's for every key of 32 bytes and any message", () => {
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(key, fc.array(fc.string({ unit: "binary" })), (bytes, messages) => {
        const ours = hmacSha256(bytes);
        for (const message of messages) {
          const theirs = createHmac("sha256", bytes).update(message, "utf8").digest();
          assert.deepEqual(ours(message), theirs);
        }
      }),
    );
  });
});
