import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, it } from "mocha";
import type { JsonSchema, StakeTerms } from "../../games/game.ts";
import { object } from "./schemas.ts";
import { stakedBody } from "./stake-schemas.ts";

const usd: StakeTerms = {
  ...{ currency: "USD", digits: 2, min: 25n, max: 100n, step: 25n, maxPayout: 10_000n },
};
const eth: StakeTerms = {
  ...{ currency: "ETH", digits: 18, min: 1n, max: 10n ** 24n, step: 1n, maxPayout: 10n ** 25n },
};
const jpy: StakeTerms = {
  ...{ currency: "JPY", digits: 0, min: 100n, max: 99_900n, step: 100n, maxPayout: 10n ** 6n },
};

describe("stakedBody", () => {
  const schema = stakedBody([usd, eth, jpy], ({ currency, stake }) => object({ currency, stake }));
  const takes = (body: unknown, form: JsonSchema = schema) =>
    new Ajv2020({ strict: true, allowUnionTypes: true }).compile(form)(body);

  it("takes what the game takes in each of its currencies, however it is written", () => {
    const good = [
      ...["0.25", "0.5", "0.50", "0.75", "1", "1.0", "1.00"].map((stake) => ["USD", stake]),
      ...["0.000000000000000001", "1000000", "999999.5"].map((stake) => ["ETH", stake]),
      ...["100", "99900"].map((stake) => ["JPY", stake]),
    ];
    for (const [currency, stake] of good) assert.ok(takes({ currency, stake }), `${stake}`);
  });

  it("takes no other currency, no stake that is not listed, and no digit too many", () => {
    const bad = [
      ...["0.00", "0.26", "1.25", "01", "1.", "1.000"].map((stake) => ["USD", stake]),
      ...["0.0000000000000000001", "10000000"].map((stake) => ["ETH", stake]),
      ...["100.0", "100000"].map((stake) => ["JPY", stake]),
      ["EUR", "1.00"],
    ];
    for (const [currency, stake] of bad) assert.ok(!takes({ currency, stake }), `${stake}`);
  });

  it("says the limits in words", () => {
    assert.match(JSON.stringify(schema), /0\.25 to 1\.00 USD in steps of 0\.25/);
    assert.match(JSON.stringify(schema), /100 to 99900 JPY in steps of 100/);
  });
});
