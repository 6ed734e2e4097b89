import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readGame } from "./manifest.ts";

const good = `
apiVersion: pitboss.dev/v1alpha1
kind: Game
metadata: {name: coin-flip}
spec:
  engine: coin-flip
  returnToPlayer: {min: "0.9"}
  stakes: [{currency: USD, min: "1", max: "2", maxPayout: "9"}]
`;

describe("a Game manifest", () => {
  it("is read with what its defaults are", () => {
    const read = readGame(`---${good}---\n`);
    assert.ok("request" in read);
    assert.deepEqual(read.request.config, {});
    assert.equal(read.request.stakes[0]?.max, 200n);
  });

  const faults: [string, string, string, RegExp][] = [
    ["an empty file", "", "", /it is empty: write one Game manifest/],
    ["broken YAML", "a: [", "", /it is not YAML: /],
    ["a key given twice", "a: 1\na: 2", "", /it is not YAML: Map keys must be unique/],
    ["an alias of nothing", "a: *b", "", /it is YAML that is no JSON: Unresolved alias/],
    ["an alias of itself", "a: &a {b: *a}", "", /it is YAML that is no JSON: Converting circular/],
    ["two Games", `${good}---${good}`, "", /it holds 2 documents: give one Game at a time/],
    ["a list", "[]", "", /must be object/],
    ["another kind", good.replace("Game", "Jackpot"), "/kind", /"Jackpot" must be one of Game/],
    ["no engine", good.replace("  engine: coin-flip\n", ""), "/spec/engine", /is required, add it/],
    [
      "a number as an amount",
      good.replace('min: "1"', "min: 1"),
      "/spec/stakes/0/min",
      /write it in quotes/,
    ],
    [
      "stakes that contradict",
      good.replace('max: "2"', 'max: "2.5"'),
      "/spec/stakes/0/max",
      /no multiple/,
    ],
    ["no stakes", good.replace(/stakes: .*/, "stakes: []"), "/spec/stakes", /fewer than 1/],
  ];
  for (const [name, yaml, pointer, message] of faults) {
    it(`is refused for ${name}`, () => {
      const read = readGame(yaml);
      assert.ok("problems" in read);
      assert.equal(read.problems[0]?.pointer, pointer);
      assert.match(read.problems[0]?.message ?? "", message);
    });
  }
});
