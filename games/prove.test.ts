import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Json, StakeTerms } from "./game.ts";
import { type ProofRequest, prove } from "./prove.ts";

function usd(min: bigint, step = min): StakeTerms {
  return { currency: "USD", digits: 2, min, max: min * 100n, step, maxPayout: 10n ** 9n };
}

function request(config: Json, changes: Partial<ProofRequest> = {}): ProofRequest {
  const returnToPlayer = { min: "0.96" };
  return { engine: "coin-flip", config, stakes: [usd(25n)], returnToPlayer, ...changes };
}

describe("the Gate", () => {
  it("passes a return that holds at every stake, and gives the figures", () => {
    const { verdict, figures, config } = prove(request({ multiplier: "1.96" }));
    assert.deepEqual(verdict, { ok: true });
    assert.deepEqual(config, { multiplier: "1.96" });
    assert.deepEqual(figures?.rtp, { min: "49/50", max: "49/50" });
    assert.deepEqual(figures?.worstStake, { USD: { stake: "0.25", rtp: "49/50", bet: {} } });
    assert.equal(figures?.maxMultiplier, "49/25");
    assert.equal(figures?.side, undefined);
  });

  it("fills in defaults before it hashes the revision", () => {
    assert.equal(prove(request({})).revision, prove(request({ multiplier: "1.98" })).revision);
  });

  const refusals: [string, ProofRequest, string, string, RegExp][] = [
    [
      "a return that is too low",
      request({ multiplier: "1.9" }, { stakes: [usd(10n)] }),
      "ReturnTooLow",
      "/returnToPlayer/min",
      /^the configuration returns 95\.00% \(stake 0\.10 USD\), below returnToPlayer\.min 96%\. Raise pays or lower min\.$/,
    ],
    [
      "a return that only rounding spoils, with the cure",
      request({ multiplier: "1.96" }, { stakes: [usd(25n), usd(10n)] }),
      "ReturnTooLow",
      "/returnToPlayer/min",
      /returns 95\.00% \(stake 0\.10 USD\), below .* Before rounding down to the minor unit it is 98\.00%: choose a stake min and step/,
    ],
    [
      "the worst bet of many, by name",
      request({}, { engine: "mines", returnToPlayer: { min: "0.985" }, stakes: [usd(100n)] }),
      "ReturnTooLow",
      "/returnToPlayer/min",
      /returns 98\.28% \(stake 1\.00 USD, bet \{"mines":1,"safe":4\}\), below returnToPlayer\.min 98\.5%/,
    ],
    [
      "a return that is too high",
      request({ multiplier: "2.02" }),
      "ReturnTooHigh",
      "/returnToPlayer/max",
      /^the configuration returns 101\.00%, above returnToPlayer\.max 100%\. Lower pays or raise max\.$/,
    ],
    [
      "a return above a lower max",
      request({ multiplier: "1.96" }, { returnToPlayer: { min: "0.9", max: "0.97" } }),
      "ReturnTooHigh",
      "/returnToPlayer/max",
      /98\.00%, above returnToPlayer\.max 97%/,
    ],
    [
      "a min above max",
      request({}, { returnToPlayer: { min: "0.99", max: "0.97" } }),
      "ReturnToPlayerInvalid",
      "/returnToPlayer/min",
      /lower min or raise max/,
    ],
    [
      "a min that is no fraction",
      request({}, { returnToPlayer: { min: "96%" } }),
      "ReturnToPlayerInvalid",
      "/returnToPlayer/min",
      /spec\.returnToPlayer\.min: "96%" is neither a decimal nor a\/b/,
    ],
    [
      "an unknown engine",
      request({}, { engine: "craps" }),
      "UnknownEngine",
      "/engine",
      /spec\.engine: there is no engine "craps"; use one of .*coin-flip, .*dice, .*mines/,
    ],
    [
      "a number where a text is wanted",
      request({ multiplier: 1.96 }),
      "ConfigInvalid",
      "/config/multiplier",
      /spec\.config\.multiplier: 1\.96 must be string, write it in quotes/,
    ],
    [
      "an unknown field",
      request({ multiplier: "1.96", edge: "0.01" }),
      "ConfigInvalid",
      "/config/edge",
      /is not known here, remove it; known: multiplier/,
    ],
    [
      "what a schema cannot say",
      request({ edge: "1" }, { engine: "dice" }),
      "ConfigInvalid",
      "/config/edge",
      /give an edge below 1/,
    ],
  ];
  for (const [name, it_, problem, pointer, message] of refusals) {
    it(`refuses ${name}`, () => {
      const { verdict } = prove(it_);
      assert.ok(!verdict.ok);
      assert.equal(verdict.problem, problem);
      assert.equal(verdict.problems[0]?.pointer, pointer);
      assert.match(verdict.message, message);
    });
  }

  it("gives the figures even where the return is refused", () => {
    assert.deepEqual(prove(request({ multiplier: "1.5" })).figures?.rtp, {
      min: "3/4",
      max: "3/4",
    });
    assert.equal(prove(request({ multiplier: "x" })).figures, null);
  });
});
