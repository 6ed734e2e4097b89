import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type StakeSpec, stakeTerms } from "./stakes.ts";

const usd: StakeSpec = { currency: "USD", min: "0.25", max: "100", maxPayout: "10000" };

describe("stakes", () => {
  it("are read in minor units; step is min where absent", () => {
    assert.deepEqual(stakeTerms([usd]), {
      terms: [
        { currency: "USD", digits: 2, min: 25n, max: 10_000n, step: 25n, maxPayout: 1_000_000n },
      ],
    });
    const fine = stakeTerms([{ ...usd, step: "0.05" }]);
    assert.ok("terms" in fine && fine.terms[0]?.step === 5n);
  });

  const faults: [string, Partial<StakeSpec>, string, RegExp][] = [
    [
      "an unknown currency",
      { currency: "XYZ" },
      "currency",
      /no currency XYZ here; use one of AUD, /,
    ],
    [
      "too many decimals",
      { min: "0.255" },
      "min",
      /write a decimal above zero with at most 2 decimals/,
    ],
    ["a stake of nothing", { min: "0" }, "min", /above zero/],
    ["min off the step", { step: "0.10" }, "min", /0\.25 USD is no multiple of the step 0\.10 USD/],
    [
      "max off the step",
      { max: "0.60" },
      "max",
      /no multiple of the step 0\.25 USD; change max or step/,
    ],
    ["min above max", { min: "200" }, "min", /lower min or raise max/],
    [
      "a payout below the stake",
      { maxPayout: "0.10" },
      "maxPayout",
      /no bet could be taken; raise it/,
    ],
  ];
  for (const [name, change, field, message] of faults) {
    it(`are refused with ${name}`, () => {
      const read = stakeTerms([{ ...usd, ...change }]);
      assert.ok("problems" in read);
      const problem = read.problems.find(({ pointer }) => pointer === `/spec/stakes/0/${field}`);
      assert.match(problem?.message ?? "", message);
    });
  }

  it("are given once for each currency", () => {
    const read = stakeTerms([usd, usd]);
    assert.ok("problems" in read);
    assert.equal(read.problems[0]?.pointer, "/spec/stakes/1/currency");
  });
});
