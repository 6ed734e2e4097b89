import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Condition } from "../../crds/generated/game.ts";
import { sameStatus } from "../platform/status-writer.ts";
import { deletingStatus, pausedStatus, statusOf } from "./status.ts";
import { game, observed } from "./testing/samples.ts";

const first = new Date("2026-01-02T00:00:00Z");
const later = new Date("2026-01-02T00:10:00Z");

const find = (conditions: readonly Condition[] | undefined, type: string) =>
  conditions?.find((condition) => condition.type === type);

describe("the status of a Game", () => {
  it("shows what kubectl get prints", () => {
    const status = statusOf(observed(), "https://play.example", first);
    assert.equal(status.pods, "2/2");
    assert.equal(status.returnToPlayer?.percent, "98.00%");
    assert.equal(status.url, "https://play.example/games/coin-flip");
    assert.equal(status.selector, "pitboss.dev/game=coin-flip");
    assert.equal(status.observedGeneration, 3);
    assert.equal(status.schema, "game_coin-flip");
    assert.equal(
      find(status.conditions, "Ready")?.message,
      "revision 0123456789abcdef serves at 98.00%",
    );
  });

  it("states every condition that is built, at the first visit", () => {
    const types = statusOf(observed(), "", first).conditions?.map(({ type }) => type);
    assert.deepEqual(types, [
      "Ready",
      "Reconciling",
      "Stalled",
      "MathVerified",
      "DatabaseReady",
      "JackpotsBound",
      "EntropyReady",
      "RuntimeAvailable",
      "RouteReady",
      "ReturnAsProven",
      "Paused",
      "Deleting",
    ]);
  });

  it("says the same of the same, whenever it is asked", () => {
    const before = statusOf(observed(), "", first);
    const again = statusOf(observed({ game: { ...game(), status: before } }), "", later);
    assert.ok(sameStatus(before, again));
  });

  it("tells tools that know no Games whether to wait (kstatus)", () => {
    const stalled = statusOf(
      observed({ verdict: { refused: { reason: "ReturnTooLow", message: "low" } } }),
      "",
      first,
    ).conditions;
    assert.equal(find(stalled, "Stalled")?.status, "True");
    assert.equal(find(stalled, "Reconciling")?.status, "False");
    const rolling = statusOf(observed({ deployment: undefined }), "", first).conditions;
    assert.equal(find(rolling, "Reconciling")?.status, "True");
    assert.equal(find(rolling, "Stalled")?.status, "False");
  });

  it("notes kinds that the cluster lacks without failing for them", () => {
    const { conditions } = statusOf(observed({ missingKinds: ["ServiceMonitor"] }), "", first);
    assert.equal(find(conditions, "Ready")?.status, "True");
    assert.match(find(conditions, "Ready")?.message ?? "", /no ServiceMonitor here/);
  });

  it("keeps all that was said when it is paused", () => {
    const before = statusOf(observed(), "", first);
    const paused = pausedStatus({ ...game(), status: before }, later);
    assert.equal(find(paused.conditions, "Paused")?.status, "True");
    assert.equal(find(paused.conditions, "Ready")?.status, "True");
    assert.equal(paused.revision, before.revision);
  });

  it("says how far a deletion is", () => {
    const finding = { reason: "FinishingRounds", message: "2 open rounds" } as const;
    const { conditions } = deletingStatus(game(), finding, first);
    assert.equal(find(conditions, "Deleting")?.reason, "FinishingRounds");
    assert.equal(find(conditions, "Ready")?.reason, "Deleting");
  });

  it("says last what served while the database cannot be asked", () => {
    const before = statusOf(observed(), "", first);
    const failed = { reason: "DatabaseUnreachable", message: "away" } as const;
    const state = observed({
      ...{ game: { ...game(), status: before }, serving: undefined, state: undefined },
      database: { failed },
    });
    const status = statusOf(state, "", later);
    assert.equal(status.revision, before.revision);
    assert.equal(status.state, "Active");
    assert.deepEqual(status.migrations, before.migrations);
  });

  it("never writes a message that the CRD refuses", () => {
    const fault = { kind: "Service", reason: "ApplyRefused", message: "x".repeat(9000) } as const;
    const { conditions = [] } = statusOf(observed({ faults: [fault] }), "", first);
    assert.ok(conditions.every(({ message }) => message.length <= 4096));
  });
});
