import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Json } from "./game.ts";
import { pointerSegment, validator } from "./schema.ts";

const faults = validator({
  type: "object",
  additionalProperties: false,
  required: ["name"],
  minProperties: 1,
  properties: {
    name: { type: "string", pattern: "^[a-z]+$", description: "lower-case letters" },
    side: { enum: ["heads", "tails"] },
    count: { type: "integer", minimum: 1, default: 3 },
    "a/b": { type: "string" },
    exact: { const: true },
  },
});

describe("schema messages", () => {
  const cases: [Json, string, RegExp][] = [
    [{}, "/name", /is required, add it: lower-case letters/],
    [{ name: 5 }, "/name", /5 must be string, write it in quotes: lower-case letters/],
    [{ name: "A" }, "/name", /"A" is not written as it must be: lower-case letters/],
    [{ name: "a", side: "edge" }, "/side", /"edge" must be one of heads, tails/],
    [{ name: "a", count: 0 }, "/count", /0 must be >= 1/],
    [{ name: "a", more: 1 }, "/more", /is not known here, remove it; known: name, side/],
    [{ name: "a", "x/y~z": 1 }, "/x~1y~0z", /is not known here/],
    [{ name: "a", exact: false }, "/exact", /false must be true/],
    [{ name: "a".repeat(70).toUpperCase() }, "/name", /"A{59}… is not written/],
    ["text", "", /"text" must be object/],
  ];
  for (const [value, pointer, message] of cases) {
    it(`says of ${JSON.stringify(value).slice(0, 40)} what to do`, () => {
      const [first] = faults(value);
      assert.equal(first?.pointer, pointer);
      assert.match(first?.message ?? "", message);
    });
  }

  it("fills defaults into what it accepts", () => {
    const value: { [key: string]: Json } = { name: "a" };
    assert.deepEqual(faults(value), []);
    assert.equal(value["count"], 3);
  });

  it("names every fault where asked to", () => {
    const all = validator(
      { type: "object", required: ["a", "b"], maxProperties: 0, properties: { a: {}, b: {} } },
      { everyFault: true },
    );
    assert.equal(all({}).length, 2);
    assert.match(all({ a: 1, b: 1 })[0]?.message ?? "", /too many fields, give only 0 of: a, b/);
  });

  it("names the alternatives of a discriminated union", () => {
    const action = validator({
      type: "object",
      required: ["type"],
      discriminator: { propertyName: "type" },
      oneOf: [
        { properties: { type: { const: "hit" } }, required: ["type"] },
        { properties: { type: { const: "stand" } }, required: ["type"] },
      ],
    });
    assert.deepEqual(action({ type: "fold" }), [
      { pointer: "/type", message: '"fold" must be one of hit, stand' },
    ]);
  });

  it("escapes pointers", () => {
    assert.equal(pointerSegment("a/b~c"), "a~1b~0c");
  });
});
