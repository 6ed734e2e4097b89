import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import type { Json } from "../games/game.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  moved,
  placeRequest,
} from "../test/harness/game.ts";
import type { ActRequest, OpenGame, RoundView } from "./types.ts";

/** One mine of 25, so that nearly every tile is safe. */
const bet = { mines: 1 };

function action(round: RoundView, taken: Json, more: Partial<ActRequest> = {}): ActRequest {
  const { player, id, version } = round;
  const key = randomBytes(8).toString("hex");
  const requestHash = hashOf({ version, taken });
  return { player, round: id, key, requestHash, version, action: taken, ...more };
}

describe("rounds of many steps", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let pod: OpenGame;
  let other: OpenGame;

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "mines");
    [pod, other] = await Promise.all([game.pod(), game.pod()]);
  });

  after(async () => {
    await game.close();
    await database.drop();
  });

  /** A new open round with one safe tile, of a player with 10.00 before it. */
  async function opened(): Promise<RoundView> {
    for (;;) {
      const player = await game.player(1000);
      const round = created(await pod.rounds.place(placeRequest(player, bet)));
      const next = moved(await pod.rounds.act(action(round, { type: "reveal", tile: 0 })));
      if (next.state === "open") return next;
    }
  }

  function refusalOf(acted: Awaited<ReturnType<OpenGame["rounds"]["act"]>>): string {
    return "refused" in acted ? acted.refused : "nothing";
  }

  it("stays open until it is cashed out, and hides the mines until then", async () => {
    const player = await game.player(1000);
    const round = created(await pod.rounds.place(placeRequest(player, bet)));
    assert.deepEqual([round.state, round.version, round.payout], ["open", 1, null]);
    assert.deepEqual(round.outcome, { safe: [] });
    assert.deepEqual(round.legalActions, [{ type: "reveal" }]);
    assert.equal(await game.balance(player), 900n);
    const { rows } = await game.operator.query(
      `SELECT to_jsonb(r)::text AS stored FROM "${game.schema}".rounds r WHERE id = $1`,
      [round.id],
    );
    assert.ok(!rows[0].stored.includes('"mines": ['), "the mines are stored in clear");
  });

  it("takes each action on any pod, and pays once it is cashed out", async () => {
    const round = await opened();
    const acted = await other.rounds.act(action(round, { type: "cashOut" }));
    const { state, version, payout, outcome, legalActions } = moved(acted);
    assert.deepEqual([state, version, payout], ["settled", 3, 103n]);
    assert.deepEqual(legalActions, []);
    assert.equal((outcome as { mines: number[] }).mines.length, 1);
    assert.equal(await game.balance(round.player), 1003n);
  });

  it("refuses a second open round, and names the first", async () => {
    const round = await opened();
    const placed = await other.rounds.place(placeRequest(round.player, bet));
    assert.ok("refused" in placed);
    assert.deepEqual([placed.refused, placed.round], ["round_open", round.id]);
  });

  it("lists the open round", async () => {
    const round = await opened();
    const page = await pod.rounds.list(round.player, { state: "open", limit: 10 });
    assert.deepEqual(page, { items: [round], next: null });
    await pod.rounds.act(action(round, { type: "cashOut" }));
    const empty = await pod.rounds.list(round.player, { state: "open", limit: 10 });
    assert.deepEqual(empty, { items: [], next: null });
  });

  it("answers a repeated action with the round as it is now", async () => {
    const round = await opened();
    const reveal = action(round, { type: "cashOut" });
    const first = await pod.rounds.act(reveal);
    assert.deepEqual(await other.rounds.act(reveal), first);
    const mismatch = await pod.rounds.act({ ...reveal, requestHash: hashOf("other") });
    assert.equal(refusalOf(mismatch), "idempotency_mismatch");
  });

  it("shares its keys with new rounds", async () => {
    const round = await opened();
    const cashOut = action(round, { type: "cashOut" });
    await pod.rounds.act(cashOut);
    const placed = await pod.rounds.place(placeRequest(round.player, bet, { key: cashOut.key }));
    assert.equal("refused" in placed && placed.refused, "idempotency_mismatch");
  });

  it("refuses what is not allowed now, and leaves the round as it was", async () => {
    const round = await opened();
    const cases: [Json, Partial<ActRequest>, string, string?][] = [
      [{ type: "reveal", tile: 0 }, {}, "illegal_action", "/action/tile"],
      [{ type: "reveal", tile: 25 }, {}, "illegal_action", "/action/tile"],
      [{ type: "double" }, {}, "illegal_action", "/action/type"],
      [{ type: "cashOut", by: "default" }, {}, "illegal_action", "/action/by"],
      [{ type: "cashOut" }, { version: 1 }, "version_conflict"],
      [{ type: "cashOut" }, { version: 9 }, "version_conflict"],
      [{ type: "cashOut" }, { player: await game.player() }, "not_found"],
      [{ type: "cashOut" }, { round: "nonsense" }, "not_found"],
    ];
    for (const [taken, more, refused, pointer] of cases) {
      const acted = await pod.rounds.act(action(round, taken, more));
      assert.ok("refused" in acted, JSON.stringify(taken));
      assert.deepEqual([acted.refused, acted.pointer], [refused, pointer]);
    }
    assert.deepEqual(await pod.rounds.get(round.player, round.id), round);
  });

  it("says that a settled round is over", async () => {
    const round = await opened();
    await pod.rounds.act(action(round, { type: "cashOut" }));
    const again = await pod.rounds.act(action(round, { type: "cashOut" }));
    assert.equal(refusalOf(again), "round_settled");
  });

  it("credits once for 100 cash-outs at the same time", async () => {
    const round = await opened();
    const acted = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        (i % 2 === 0 ? pod : other).rounds.act(action(round, { type: "cashOut" })),
      ),
    );
    assert.equal(acted.filter((it) => !("refused" in it)).length, 1);
    assert.equal(await game.balance(round.player), 1003n);
    const { rows } = await game.operator.query(
      "SELECT kind FROM pitboss.transfers WHERE round = $1 ORDER BY id",
      [round.id],
    );
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ["stake", "payout"],
    );
  });

  it("goes on while the game is draining or suspended", async () => {
    const round = await opened();
    const state = (to: string) =>
      game.operator.query("UPDATE pitboss.games SET state = $2 WHERE name = $1", [game.name, to]);
    await state("Suspended");
    moved(await pod.rounds.act(action(round, { type: "reveal", tile: 1 })));
    await state("Active");
  });

  it("goes on by the rules that it began with, on a pod of the next revision", async () => {
    const round = await opened();
    const { rows } = await game.operator.query(
      `UPDATE "${game.schema}".rounds SET revision = '0000000000000000' WHERE id = $1 RETURNING id`,
      [round.id],
    );
    assert.equal(rows.length, 1);
    await game.operator.query(
      `INSERT INTO pitboss.revisions (revision, engine, engine_version, config, max_multiplier)
        VALUES ('0000000000000000', 'mines', $1, '{"tiles": 25, "edge": "0.50", "rounding": 2}', '1000')
        ON CONFLICT DO NOTHING`,
      [game.compiled.engine.version],
    );
    const ended = moved(await pod.rounds.act(action(round, { type: "cashOut" })));
    assert.equal(ended.payout, 52n);
  });
});
