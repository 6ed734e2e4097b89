import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Drill } from "./drill.ts";

describe("chain money, while the chain reorganizes and agents and cashier are killed", () => {
  it("credits every deposit once, when it is final, and mines every withdrawal once, without a gap", async () => {
    const drill = await Drill.open({
      ...{ deposits: 60, withdrawals: 30, reorgMax: 6 },
      ...{ blockMs: 60, deaths: 8, patience: 200 },
    });
    try {
      const { wrong, ...rest } = await drill.run();
      assert.deepEqual(wrong, []);
      assert.deepEqual([rest.deposits, rest.withdrawals], [60, 30]);
      assert.ok(rest.reorgs > 0 && rest.deaths > 0, JSON.stringify(rest));
    } finally {
      await drill.close();
    }
  }).timeout(260_000);
});
