import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { JackpotStatus } from "../../crds/generated/jackpot.ts";
import { sameStatus } from "../platform/status-writer.ts";
import { deletingStatus, pausedStatus, statusOf } from "./status.ts";
import { figures, jackpot, observed } from "./testing/samples.ts";

const first = new Date("2026-01-02T00:00:00Z");
const later = new Date("2026-01-02T00:10:00Z");

const withStatus = (status: JackpotStatus) => ({ ...jackpot(), status });
const find = ({ conditions }: JackpotStatus, type: string) =>
  conditions?.find((one) => one.type === type);

describe("the status of a Jackpot", () => {
  it("shows what the pool holds and the terms that hold", () => {
    const lastWin = {
      ...{ amount: "345678", game: "dice", round: "r-1" },
      at: "2026-01-01T22:33:44.567890+00:00",
    };
    const { conditions: _, ...status } = statusOf(
      observed({ figures: figures({ wins: 2, lastWin }) }),
      first,
    );
    assert.deepEqual(status, {
      observedGeneration: 3,
      terms: {
        ...{ seed: "1000.00", contribution: "1/100", ceiling: "5000.00", overflowShare: "1/5" },
        trigger: "must hit by 5000.00",
      },
      ...{ pool: "1234.56", overflow: "7.89", contributions: "242.45", wins: 2 },
      lastWin: { amount: "3456.78", game: "dice", round: "r-1", at: "2026-01-01T22:33:44Z" },
      games: ["dice", "slots"],
    });
  });

  it("is the same while nothing changes, and tells when a condition did", () => {
    const before = statusOf(observed(), first);
    const again = statusOf(observed({ jackpot: withStatus(before) }), later);
    assert.ok(sameStatus(before, again));
    const database = { failed: { reason: "DatabaseUnreachable", message: "away" } } as const;
    const after = statusOf(observed({ jackpot: withStatus(before), database }), later);
    assert.equal(find(after, "Ready")?.lastTransitionTime, "2026-01-02T00:10:00Z");
    assert.equal(find(after, "Funded")?.lastTransitionTime, "2026-01-02T00:00:00Z");
  });

  it("keeps what was said last while nobody can be asked", () => {
    const before = statusOf(observed(), first);
    const away = observed({ jackpot: withStatus(before), figures: undefined });
    const { pool, terms } = statusOf(away, later);
    assert.deepEqual([pool, terms], ["1234.56", before.terms]);
  });

  it("names no Games where there are none: an empty list does not read back", () => {
    assert.ok(!("games" in statusOf(observed({ games: [] }), first)));
  });

  it("stays as it is while it is paused", () => {
    const before = statusOf(observed(), first);
    const { conditions, ...rest } = pausedStatus(withStatus(before), later);
    const { conditions: _, ...same } = before;
    assert.deepEqual(rest, same);
    assert.equal(find({ conditions: conditions ?? [] }, "Paused")?.status, "True");
  });

  it("tells how far a deletion is", () => {
    const before = statusOf(observed(), first);
    const finding = { reason: "TransferNeeded", message: "say who gets it" } as const;
    const status = deletingStatus(withStatus(before), finding, later);
    assert.equal(find(status, "Ready")?.reason, "Deleting");
    assert.equal(find(status, "Stalled")?.reason, "TransferNeeded");
    assert.deepEqual(
      [find(status, "Deleting")?.status, find(status, "Deleting")?.message],
      ["True", "say who gets it"],
    );
    assert.equal(status.pool, "1234.56");
    assert.equal(status.games, undefined);
  });
});
