import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Decommission } from "../database/jackpots.ts";
import { heldBy } from "./jackpot-database.ts";
import { reasons } from "./reasons.ts";
import { figures, jackpot } from "./testing/samples.ts";

const cases: [Decommission, string | undefined, RegExp][] = [
  [{ status: "decommissioned" }, undefined, /^$/],
  [{ status: "not_found" }, undefined, /^$/],
  [{ status: "in_use", games: ["dice", "slots"] }, "Unbinding", /rounds of dice, slots still feed/],
  [{ status: "transfer_needed" }, "TransferNeeded", /patch jackpot -n casino mega.*transferTo/],
  [{ status: "no_successor" }, "HeirMissing", /transferTo\.name is minor.*no such Jackpot of USD/],
  [{ status: "closing" }, "Closing", /the last rounds are committing/],
  [{ status: "closing", rounds: 1 }, "Closing", /^1 open round that feeds it must end first/],
  [{ status: "closing", rounds: 2, waiting: 3 }, "Closing", /^2 open rounds/],
  [{ status: "closing", rounds: 0, waiting: 3 }, "Closing", /^3 contributions are being counted/],
];

describe("what a Jackpot's deletion waits for", () => {
  for (const [state, reason, message] of cases) {
    it(`is told in words: ${JSON.stringify(state)}`, () => {
      const held = heldBy(jackpot({ transferTo: { name: "minor" } }), state, figures());
      assert.equal(held?.reason, reason);
      assert.match(held?.message ?? "", message);
      assert.ok(held === undefined || held.reason in reasons);
    });
  }
});
