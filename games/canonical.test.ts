import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { canonicalText, proofDigest, revisionOf } from "./canonical.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("canonical JSON", () => {
  it("is that of RFC 8785: sorted by UTF-16 units, shortest numbers, least escapes", () => {
    const value = {
      "\u20ac": 1,
      "\r": 2,
      "1": 3,
      "\u0080": 4,
      "\ud83d\ude00": 5,
      "\ufb33": 6,
      ö: 7,
    };
    const keys = Object.keys(JSON.parse(canonicalText(value)));
    assert.deepEqual(new Set(keys), new Set(Object.keys(value)));
    const text = canonicalText(value);
    const order = ['"\\r"', '"1"', '"\u0080"', '"ö"', '"€"', '"😀"', '"\ufb33"'].map((key) =>
      text.indexOf(key),
    );
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.equal(
      canonicalText([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27]),
      "[333333333.3333333,1e+30,4.5,0.002,1e-27]",
    );
  });

  it("gives a revision that does not depend on the order of fields", () => {
    const text = '{"config":{"edge":"0.01","tiles":25},"engine":"mines","engineVersion":"1.0.0"}';
    const revision = sha256(text).slice(0, 16);
    assert.equal(revisionOf("mines", "1.0.0", { tiles: 25, edge: "0.01" }), revision);
    assert.equal(revisionOf("mines", "1.0.0", { edge: "0.01", tiles: 25 }), revision);
  });

  it("digests a proof without its digest", () => {
    assert.equal(proofDigest({ b: 1, a: "x", digest: "anything" }), sha256('{"a":"x","b":1}'));
  });
});
