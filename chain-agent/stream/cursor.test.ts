import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Refusal } from "../errors.ts";
import { cursorOf, positionOf } from "./cursor.ts";

const hash = (digit: string) => `0x${digit.repeat(64)}`;

describe("a cursor", () => {
  it("gives back the block and what was final", () => {
    for (const position of [
      {
        block: { height: 12n, hash: hash("a") },
        finalized: { height: 8n, hash: hash("b") },
      },
      {
        block: { height: -1n, hash: hash("0") },
        finalized: { height: -1n, hash: hash("0") },
      },
      {
        block: { height: 880_000n, hash: "0".repeat(20) + "f".repeat(44) },
        finalized: { height: 879_994n, hash: "0".repeat(64) },
      },
    ]) {
      assert.deepEqual(positionOf(cursorOf(position)), position);
    }
  });

  it("is refused where it is none", () => {
    const encoded = (text: string) => Buffer.from(text).toString("base64url");
    for (const cursor of [
      "x",
      encoded("b1.1"),
      encoded(`b2.1.${hash("a")}.1.${hash("a")}`),
      encoded(`b1.-2.${hash("a")}.1.${hash("a")}`),
      encoded(`b1.1.${hash("a")}.1.0xzz`),
      encoded(`b1.1.${hash("a")}.2.${hash("a")}`),
      encoded(`b1.1.${hash("a")}.1.${hash("a")}.more`),
    ]) {
      assert.throws(
        () => positionOf(cursor),
        (error) => error instanceof Refusal && error.reason === "BAD_CURSOR",
        cursor,
      );
    }
  });
});
