import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { plainError, scrub } from "./log.ts";

describe("the operator's log", () => {
  it("shows no token and no password", () => {
    const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln";
    const text = scrub(`Bearer abc ${jwt} postgres://me:secret@db/x`);
    assert.ok(!/abc|eyJ|secret/.test(text), text);
    assert.match(text, /postgres:\/\/me:\[redacted\]@db/);
  });

  it("shows of an error what it says, not what a driver hung on it", () => {
    const error = Object.assign(new Error("no"), { code: "23505", parameters: ["secret"] });
    const plain = plainError(new Error("while doing it", { cause: error })) as { cause: object };
    assert.deepEqual(Object.keys(plain.cause).sort(), ["code", "message", "stack", "type"]);
  });
});
