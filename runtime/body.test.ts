import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { BODY_DEPTH_MAX, parseBody } from "./body.ts";
import { isRefusal } from "./errors.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

describe("body", () => {
  const refused: Record<string, string | Uint8Array> = {
    "an empty body": "",
    "half an object": '{"a": 1',
    "a text before the object": '\ufeff{"a": 1}',
    "bytes that are not UTF-8": Uint8Array.from([0x22, 0xff, 0x22]),
    "a key twice": '{"a": 1, "a": 2}',
    "a key twice, once escaped": '{"a": 1, "\\u0061": 2}',
    "a key twice, deep within": '[{"x": {"a": [1], "b": {}, "a": 2}}]',
    "a prototype": '{"__proto__": {"admin": true}}',
    "a prototype, escaped": '{"\\u005f_proto__": {"admin": true}}',
    "a constructor": '{"bet": {"constructor": {}}}',
    "a number beyond a double": '{"a": 1e400}',
    "half a surrogate pair": '{"a": "\\ud800"}',
    "half a surrogate pair as a key": '{"\\ud800": 1}',
    "the character U+0000": '{"a": "\\u0000"}',
    "a body too deep": nested(BODY_DEPTH_MAX + 1),
    "a body very much too deep": nested(45_000),
  };
  for (const [name, body] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      const result = parseBody(typeof body === "string" ? bytes(body) : body);
      assert.ok(isRefusal(result) && result.refused === "malformed", JSON.stringify(result));
    });
  }

  it("takes the same key in different objects, and structure inside strings", () => {
    for (const text of [
      '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}',
      '{"a": "{\\"a\\": 1, [:\\\\"}',
    ]) {
      assert.deepEqual(parseBody(bytes(text)), { json: JSON.parse(text) });
    }
    assert.deepEqual(parseBody(bytes(nested(BODY_DEPTH_MAX))), {
      json: JSON.parse(nested(BODY_DEPTH_MAX)),
    });
  });

  it("never throws, and answers what JSON.parse answers where it takes the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (text) => {
        const result = parseBody(bytes(text));
        if (!isRefusal(result)) assert.deepEqual(result.json, JSON.parse(text));
      }),
    );
  });
});
