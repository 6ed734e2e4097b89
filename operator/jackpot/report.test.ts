import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { JackpotStatus } from "../../crds/generated/jackpot.ts";
import { news } from "./report.ts";
import { statusOf } from "./status.ts";
import { figures, jackpot, observed } from "./testing/samples.ts";

const now = new Date("2026-01-02T00:00:00Z");

const status = (change: Parameters<typeof observed>[0] = {}): JackpotStatus =>
  statusOf(observed(change), now);
const won = (wins: number, amount: string) =>
  figures({ wins, lastWin: { amount, game: "dice", round: "r-1", at: "2026-01-01T00:00:00Z" } });
const told = (before: JackpotStatus, after: JackpotStatus) =>
  news(before, after).map(({ type, reason, note }) => `${type} ${reason}: ${note}`);

describe("the events of a Jackpot", () => {
  it("tell of its opening, and that it is Ready", () => {
    assert.deepEqual(told({}, status()), [
      "Normal Opened: the pool holds 1234.56",
      "Normal Ready: rounds of the Games dice, slots feed it",
    ]);
  });

  it("tell of wins, together where there were many between two looks", () => {
    assert.deepEqual(told(status(), status({ figures: won(1, "345678") })), [
      "Normal Won: won by round r-1 of dice: 3456.78",
    ]);
    const many = told(status({ figures: won(1, "1") }), status({ figures: won(4, "345678") }));
    assert.deepEqual(many, [
      "Normal Won: won 3 times, the last time by round r-1 of dice: 3456.78",
    ]);
  });

  it("tell of terms that wait, and of terms that take effect", () => {
    const { terms } = figures();
    const waiting = status({
      figures: figures({ pendingTerms: { ...terms, contribution: "1/50" } }),
    });
    assert.match(told(status(), waiting)[0] ?? "", /^Normal AfterNextWin: .*1\/50/);
    assert.match(told(waiting, status())[0] ?? "", /^Normal TermsInForce: must hit by/);
  });

  it("warn of a deletion that waits for a person", () => {
    const deleted = jackpot({}, { deletionTimestamp: "2026-01-01T00:00:00Z" });
    assert.match(told(status(), status({ jackpot: deleted }))[0] ?? "", /^Warning InUse: /);
  });

  it("say nothing of a pool that only grew", () => {
    assert.deepEqual(told(status(), status({ figures: figures({ pool: 200_000n }) })), []);
  });
});
