import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { GameSpec } from "../../crds/generated/game.ts";
import { prove } from "../../games/prove.ts";
import { judge, provenMessage, provenReturn } from "./math.ts";
import { game } from "./testing/samples.ts";

const prover = { prove: (request: Parameters<typeof prove>[0]) => Promise.resolve(prove(request)) };
const stake = { currency: "USD", min: "0.25", max: "100", maxPayout: "1000" };

const refusals: Record<string, [change: Partial<GameSpec>, reason: string, says: RegExp]> = {
  "an engine that is not there": [{ engine: "roulette-of-doom" }, "EngineUnknown", /spec\.engine/],
  "a configuration that its schema refuses": [
    { config: { multiplier: "lots" } },
    "ConfigInvalid",
    /spec\.config\.multiplier/,
  ],
  "a return below the promise": [
    { config: { multiplier: "1.80" } },
    "ReturnTooLow",
    /90(\.0+)?%.*returnToPlayer\.min/,
  ],
  "a return above the promise": [{ config: { multiplier: "2.1" } }, "ReturnTooHigh", /max/],
  "a currency that nobody knows": [
    { stakes: [{ ...stake, currency: "XXX" }] },
    "StakesInvalid",
    /spec\.stakes\.0\.currency/,
  ],
  "a stake that rounding eats": [
    { stakes: [{ ...stake, min: "0.01", step: "0.01" }] },
    "ReturnTooLow",
    /0\.01 USD/,
  ],
  "a promise that contradicts itself": [
    { returnToPlayer: { min: "0.99", max: "0.9", sideMin: "0" } },
    "GateInvalid",
    /spec\.returnToPlayer\.min/,
  ],
};

describe("the proof of a Game", () => {
  for (const [what, [change, reason, says]] of Object.entries(refusals)) {
    it(`refuses ${what}, naming the field`, async () => {
      const judgement = await judge(prover, game(change));
      assert.ok("refused" in judgement);
      assert.equal(judgement.refused.reason, reason);
      assert.match(judgement.refused.message, says);
    });
  }

  it("accepts what returns what it promises, with the configuration's defaults", async () => {
    const judgement = await judge(prover, game());
    assert.ok("candidate" in judgement);
    const { candidate } = judgement;
    assert.deepEqual(candidate.returns, { exact: "49/50", decimal: "0.98", percent: "98.00%" });
    assert.match(candidate.revision, /^[0-9a-f]{16}$/);
    assert.match(provenMessage(candidate), /98\.00%.*0\.25 USD/);
  });

  it("says that a proof is too large, as the prover does", async () => {
    const answer = { problem: "ProofTooLarge", message: "too large" } as const;
    const judgement = await judge({ prove: () => Promise.resolve(answer) }, game());
    assert.deepEqual(judgement, { refused: { reason: "ProofTooLarge", message: "too large" } });
  });

  it("never shows more than is proven", () => {
    assert.equal(provenReturn("19999/20000").percent, "99.99%");
    assert.equal(provenReturn("1").percent, "100.00%");
    assert.equal(provenReturn("1/2000").percent, "0.05%");
  });

  it("cuts a fraction that a status could not hold to its first decimals", () => {
    const digits = 10n ** 40_000n;
    const long = provenReturn(`${2n * digits + 1n}/${3n * digits}`);
    assert.equal(long.exact, `0.${"6".repeat(39)}7`);
    assert.equal(long.percent, "66.66%");
  });
});
