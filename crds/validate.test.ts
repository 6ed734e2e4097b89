import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { validateManifest } from "./validate.ts";

const root = join(import.meta.dirname, "..");
const examples = globSync("games/*/game.yaml", { cwd: root }).toSorted();

type Fields = { [name: string]: unknown };

function game(spec: Fields = {}): Fields {
  return {
    apiVersion: "pitboss.dev/v1alpha1",
    kind: "Game",
    metadata: { name: "sample", namespace: "casino" },
    spec: {
      engine: "coin-flip",
      config: { multiplier: "1.96" },
      returnToPlayer: { min: "0.96" },
      stakes: [{ currency: "USD", min: "0.25", max: "100", step: "0.25", maxPayout: "1000" }],
      replicas: 1,
      ...spec,
    },
  };
}

function jackpot(spec: Fields = {}): Fields {
  return {
    apiVersion: "pitboss.dev/v1alpha1",
    kind: "Jackpot",
    metadata: { name: "mega", namespace: "casino" },
    spec: {
      currency: "USD",
      seed: "1000",
      contribution: "0.01",
      ceiling: "5000",
      trigger: { mustHitBy: "5000" },
      ...spec,
    },
  };
}

const stake = (change: Fields) =>
  game({ stakes: [{ currency: "USD", min: "1", max: "100", maxPayout: "1000", ...change }] });

/** What the schema lets pass and the mathematics does not: object, pointer, words of the message. */
const faults: readonly [string, Fields, string, RegExp][] = [
  ["an unknown engine", game({ engine: "craps" }), "/spec/engine", /coin-flip/],
  [
    "a config that the engine's schema refuses",
    game({ config: { multiplier: 2 } }),
    "/spec/config/multiplier",
    /./,
  ],
  [
    "an unknown field of the config",
    game({ config: { multiplyer: "2" } }),
    "/spec/config/multiplyer",
    /./,
  ],
  [
    "a return below the minimum",
    game({ config: { multiplier: "1.9" } }),
    "/spec/returnToPlayer/min",
    /94\.00%.*0\.25 USD.*96%/,
  ],
  [
    "a return above the maximum",
    game({ config: { multiplier: "2.02" } }),
    "/spec/returnToPlayer/max",
    /101\.00%/,
  ],
  [
    "a minimum above the maximum",
    game({ returnToPlayer: { min: "0.9", max: "0.8" } }),
    "/spec/returnToPlayer/min",
    /above max/,
  ],
  [
    "a stake that rounding makes too dear",
    stake({ min: "0.10", step: "0.10" }),
    "/spec/returnToPlayer/min",
    /0\.10 USD/,
  ],
  ["an unknown currency", stake({ currency: "XXX" }), "/spec/stakes/0/currency", /USD/],
  ["too many decimals", stake({ min: "0.001" }), "/spec/stakes/0/min", /2 decimals/],
  [
    "a minimum that is no multiple of the step",
    stake({ step: "0.3" }),
    "/spec/stakes/0/min",
    /multiple/,
  ],
  ["a minimum above the maximum stake", stake({ min: "200" }), "/spec/stakes/0/min", /above max/],
  [
    "maxPayout below the smallest stake",
    stake({ maxPayout: "0.5" }),
    "/spec/stakes/0/maxPayout",
    /raise/,
  ],
  ["a ceiling below mustHitBy", jackpot({ ceiling: "4000" }), "/spec/ceiling", /mustHitBy/],
  ["a pool that nothing reaches", jackpot({ overflowShare: "1" }), "/spec/overflowShare", /lower/],
  ["a seed at mustHitBy", jackpot({ seed: "5000" }), "/spec/seed", /lower/],
  [
    "a contribution above the stake",
    jackpot({ contribution: "3/2" }),
    "/spec/contribution",
    /less than 1/,
  ],
  ["a share above 1", jackpot({ overflowShare: "3/2" }), "/spec/overflowShare", /at most 1/],
  ["a pool with too many decimals", jackpot({ seed: "0.001" }), "/spec/seed", /2 decimals/],
  ["an unknown currency of a pool", jackpot({ currency: "XXX" }), "/spec/currency", /USD/],
];

describe("validateManifest", () => {
  for (const path of examples) {
    it(`accepts the example ${path}`, () => {
      assert.deepEqual(validateManifest(parse(readFileSync(join(root, path), "utf8"))), []);
    });
  }

  it("finds nothing wrong with a good Game and a good Jackpot", () => {
    assert.deepEqual(validateManifest(game()), []);
    assert.deepEqual(validateManifest(jackpot()), []);
    assert.deepEqual(validateManifest(jackpot({ trigger: { oneIn: "1000", per: "1.00" } })), []);
  });

  it("ignores a status, as the API server does", () => {
    assert.deepEqual(validateManifest({ ...game(), status: { anything: 1 } }), []);
  });

  it("reads config defaults from the engine", () => {
    assert.deepEqual(validateManifest(game({ config: {} })), []);
  });

  for (const [sentence, object, pointer, words] of faults) {
    it(`names the field and the cure of ${sentence}`, () => {
      const problem = validateManifest(object).find((it) => it.pointer === pointer);
      assert.ok(problem, JSON.stringify(validateManifest(object)));
      assert.match(problem.message, words);
    });
  }

  it("says which kinds there are", () => {
    const [problem] = validateManifest({ ...game(), kind: "Table" });
    assert.match(problem?.message ?? "", /Game.*Jackpot/);
    assert.equal(validateManifest("text")[0]?.message, "is no object");
    assert.equal(validateManifest({ kind: "Game" })[0]?.pointer, "/apiVersion");
  });
});
