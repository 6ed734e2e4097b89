import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Game, GameSpec } from "../../crds/generated/game.ts";
import type { ReturnBreach } from "../database/types.ts";
import { stateInForce } from "./return-breach.ts";
import { statusOf } from "./status.ts";
import { game, observed } from "./testing/samples.ts";

const now = new Date("2026-01-02T00:00:00Z");

const breach: ReturnBreach = {
  ...{ currency: "USD", side: "paysTooMuch", rounds: 200_000n, staked: 20_000_000n },
  ...{ paid: 20_200_000n, deviation: 600_000n, allowed: 350_050n },
};

const suspending = (change: Partial<GameSpec> = {}): Game =>
  game({ monitoring: { onReturnBreach: "Suspend" }, ...change });

function says(breaches: readonly ReturnBreach[] | undefined, of: Game = game()) {
  const { conditions = [] } = statusOf(observed({ game: of, breaches }), "", now);
  const find = (type: string) => {
    const { status, reason, message } = conditions.find((one) => one.type === type) ?? {};
    return { told: `${status} ${reason}`, message: message ?? "" };
  };
  return { returns: find("ReturnAsProven"), ready: find("Ready"), stalled: find("Stalled") };
}

describe("a breach of the return", () => {
  it("is told with its figures and what to do, while an alerting Game stays Ready", () => {
    const { returns, ready, stalled } = says([breach]);
    assert.deepEqual(
      [returns.told, ready.told, stalled.told],
      ["False PaysTooMuch", "True Ready", "False NotStalled"],
    );
    assert.equal(
      returns.message,
      "200000 rounds in USD staked 200000.00 and paid 202000.00 (101.00%), where 196000.00 (98.00%) is proven for what was played: 6000.00 too much, and chance explains 3500.50. Rounds go on (spec.monitoring.onReturnBreach). Find out why (docs/returns-monitor.md), then annotate the Game pitboss.dev/return-acknowledged with who looked, what it was, and the ticket",
    );
    assert.match(ready.message, /serves at 98\.00%; ReturnAsProven is False, see its message$/);
  });

  it("is why a Game that it suspends is not Ready, until a person acts", () => {
    const { returns, ready, stalled } = says([breach], suspending());
    assert.deepEqual(
      [returns.told, ready.told, stalled.told],
      ["False PaysTooMuch", "False PaysTooMuch", "True PaysTooMuch"],
    );
    assert.match(ready.message, /New rounds are refused\. Find out why/);
  });

  it("is told first where it costs the house, and every one is told", () => {
    const little: ReturnBreach = {
      ...{ ...breach, currency: "JPY", side: "paysTooLittle" },
      ...{ paid: 19_000_000n, deviation: -600_000n },
    };
    const { told, message } = says([little, breach]).returns;
    assert.equal(told, "False PaysTooMuch");
    assert.match(
      message,
      /^200000 rounds in USD .* too much, .*; 200000 rounds in JPY staked 20000000 and paid 19000000 .*: 600000 too little, and/,
    );
    assert.equal(says([little]).returns.told, "False PaysTooLittle");
  });

  it("says how long an acknowledgement has to be that is too short", () => {
    const noted = game();
    const annotations = { "pitboss.dev/return-acknowledged": "ok" };
    const { message } = says([breach], {
      ...noted,
      metadata: { ...noted.metadata, annotations },
    }).returns;
    assert.match(message, /\(its value now has 2 characters: 10 to 1000 are asked for\)$/);
  });

  it("is nothing where there is none, and unknown where nobody could look", () => {
    assert.equal(says([]).returns.told, "True AsProven");
    const { returns, ready } = says(undefined);
    assert.deepEqual([returns.told, ready.told], ["Unknown Blocked", "True Ready"]);
  });

  it("suspends only a Game that takes bets and asks for it", () => {
    assert.equal(stateInForce(suspending().spec, [breach]), "Suspended");
    assert.equal(stateInForce(suspending().spec, []), "Active");
    assert.equal(stateInForce(game().spec, [breach]), "Active");
    assert.equal(stateInForce(suspending({ state: "Draining" }).spec, [breach]), "Draining");
  });
});
