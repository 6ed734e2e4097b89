import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Draws } from "./draws.ts";
import { fraction, one, parseFraction, toText, zero } from "./fraction.ts";
import { type Engine, IllegalAction, type Json } from "./game.ts";
import { engines } from "./index.ts";
import { type Compiled, compile, exposure, finish, payout, replay } from "./play.ts";

function game(engine: Engine | undefined, config: Json = {}): Compiled {
  assert.ok(engine);
  const compiled = compile(engine, config);
  assert.ok(!("problems" in compiled));
  return compiled;
}

const draws: Draws = {
  below: () => 0,
  belowBig: () => 0n,
  shuffle: () => [],
  choose: (_, k) => Array.from({ length: k }, (_, i) => i),
};

/** A coin flip that runs by the clock: one action, "stop", before tick 5, or the round ends by itself. */
const clocked: Engine = {
  ...(engines.get("coin-flip") as Engine),
  name: "clocked",
  actionSchema: { type: "object", properties: { type: { const: "stop" } } },
  start: () => "open",
  act(_, state, { type }, __, { at }) {
    if (type !== "stop") throw new IllegalAction({ pointer: "/type", message: "stop it" });
    return state === "open" && (at ?? 0) < 5 ? "stopped" : "ended";
  },
  legalActions: (_, state) => (state === "open" ? ["stop"] : []),
  tally: (_, state) => ({ staked: one, payout: state === "stopped" ? fraction(2) : zero }),
  outcome: (_, state) => state as string,
  clock: { tickMs: 10, endsAt: () => 5, expire: () => "ended" },
};

describe("play", () => {
  it("leaves the given configuration as it was", () => {
    const config = {};
    assert.deepEqual(game(engines.get("mines"), config).config, {
      tiles: 25,
      edge: "0.01",
      rounding: 2,
    });
    assert.deepEqual(config, {});
  });

  it("gives one revision to a configuration with and without its defaults written out", () => {
    const written = game(engines.get("mines"), { rounding: 2, edge: "0.01", tiles: 25 });
    assert.equal(game(engines.get("mines")).revision, written.revision);
  });

  it("rounds a payout down, once", () => {
    const tally = { staked: one, payout: parseFraction("1.98") };
    assert.equal(payout(25n, tally), 49n);
    assert.equal(payout(100n, tally), 198n);
    assert.equal(
      payout(10n ** 30n + 1n, { ...tally, payout: fraction(1, 3) }),
      (10n ** 30n + 1n) / 3n,
    );
  });

  it("knows the most that a bet can win", () => {
    assert.equal(exposure(game(engines.get("mines")), { mines: 3 }, 100n), 227_700n);
  });

  it("stops at an illegal action with its pointer, and names no action where a round has one step", () => {
    const coin = game(engines.get("coin-flip"));
    const again = () => replay(coin, { side: "heads" }, [{ type: "again" }], draws);
    assert.throws(
      again,
      (error: unknown) => error instanceof IllegalAction && error.pointer === "/type",
    );
    assert.deepEqual(coin.checkAction({ type: "again" }), [
      { pointer: "/type", message: "this game's rounds take no actions" },
    ]);
  });

  it("adds up what decisions gave away", () => {
    // In whole numbers the first rung pays only 1, for a chance of 22/25: going on is worth more.
    const mines = game(engines.get("mines"), { rounding: 0 });
    const early = replay(
      mines,
      { mines: 3 },
      [{ type: "reveal", tile: 5 }, { type: "cashOut" }],
      draws,
    );
    assert.equal(toText(early.tally.payout), "1");
    assert.ok(early.regret.n > 0n);
  });

  it("hands the tick of an action to rounds that run by the clock", () => {
    const compiled = game(clocked);
    const at = (tick: number) =>
      replay(compiled, {}, [{ type: "stop", at: tick, version: 1 }], draws);
    assert.deepEqual([at(4).outcome(toText), at(5).outcome(toText)], ["stopped", "ended"]);
  });

  it("ends rounds that run by the clock without an action", () => {
    const result = finish(game(clocked), {}, [], draws);
    assert.deepEqual([result.over, result.outcome(toText), result.added], [true, "ended", []]);
    const faked = () => replay(game(clocked), {}, [{ type: "stop", by: "default" }], draws);
    assert.throws(faked, IllegalAction);
  });
});
