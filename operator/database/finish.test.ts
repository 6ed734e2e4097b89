import assert from "node:assert/strict";
import { inspect } from "node:util";
import { after, before, describe, it } from "mocha";
import { verify } from "../../games/fairness.ts";
import type { OpenGame, RoundView } from "../../runtime/types.ts";
import { crashingDatabase } from "../../test/harness/crashing-database.ts";
import { type TestDatabase, testDatabase, withClient } from "../../test/harness/database.ts";
import { hashOf, type ListedGame, listedGame, placeRequest } from "../../test/harness/game.ts";
import { setDeleting } from "./catalogue.ts";
import { finishOpenRounds, openRounds } from "./finish.ts";
import { revealPairs } from "./reveal.ts";

describe("finishOpenRounds", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  /** A round of mines with some safe tiles opened, or one that is over because a tile was not safe. */
  async function openRound(game: ListedGame, pod: OpenGame, tiles = 0): Promise<RoundView> {
    const player = await game.player();
    const placed = await pod.rounds.place(placeRequest(player, { mines: 1 }));
    assert.ok("created" in placed, inspect(placed));
    let round = placed.created;
    for (let tile = 0; tile < tiles && round.state === "open"; tile++) {
      const action = { type: "reveal", tile };
      const acted = await pod.rounds.act({
        ...{ player, round: round.id, key: `tile ${tile}`, requestHash: hashOf(action) },
        ...{ version: round.version, action },
      });
      assert.ok(!("refused" in acted), inspect(acted));
      round = acted.round;
    }
    return round;
  }

  async function mines(
    work: (game: ListedGame, pod: OpenGame) => Promise<void>,
    openTimeout = "24 hours",
  ): Promise<void> {
    const game = await listedGame(database, "mines", {}, { openTimeout });
    try {
      await work(game, await game.pod());
    } finally {
      await game.close();
    }
  }

  /** The operator never does: here the next round needs it. */
  async function reopen(game: ListedGame): Promise<void> {
    const sql = "UPDATE pitboss.games SET deleting = false WHERE name = $1";
    await game.operator.query(sql, [game.name]);
  }

  it("ends every round as its rules say, and each can be proven", async () => {
    await mines(async (game, pod) => {
      const rounds = await Promise.all([0, 1, 2, 0, 1].map((tiles) => openRound(game, pod, tiles)));
      const open = rounds.filter(({ state }) => state === "open");
      assert.equal(await openRounds(database.db, game.name), open.length);
      const done = await finishOpenRounds(database.db, game.name, game.seedKey, { all: true });
      assert.deepEqual(done, { finished: open.length, left: 0 });
      await revealPairs(database.db, game.name, game.seedKey);
      for (const { player, id } of rounds) {
        const round = await pod.rounds.get(player, id);
        assert.ok("state" in round && round.state === "settled");
        assert.deepEqual(verify((await pod.rounds.proof(player, id)) as never), {
          ok: true,
          problems: [],
        });
        assert.equal(await game.balance(player), 100_000n - 100n + (round.payout ?? 0n));
      }
      const paid = rounds.filter(({ version, state }) => version > 1 && state === "open");
      for (const { player, id } of paid) {
        const round = await pod.rounds.get(player, id);
        assert.ok("payout" in round && round.payout !== null && round.payout > 100n);
      }
    });
  });

  it("ends only those past their time while the game goes on", async () => {
    await mines(async (game, pod) => {
      const [old, young] = [await openRound(game, pod), await openRound(game, pod)];
      const earlier = "SET created_at = created_at - interval '2 hours'";
      await game.operator.query(
        `WITH moved AS (UPDATE "${game.schema}".rounds ${earlier} WHERE id = $1 RETURNING id)
         UPDATE "${game.schema}".open_rounds o ${earlier} FROM moved WHERE o.round = moved.id`,
        [old.id],
      );
      const done = await finishOpenRounds(database.db, game.name, game.seedKey, { all: false });
      assert.deepEqual(done, { finished: 1, left: 1 });
      const left = await pod.rounds.get(young.player, young.id);
      assert.ok("state" in left && left.state === "open");
    }, "1 hour");
  });

  it("ends each round once beside pods and other operators that do the same", async () => {
    await mines(async (game, pod) => {
      const rounds = await Promise.all(Array.from({ length: 24 }, () => openRound(game, pod)));
      await game.operator.query("UPDATE pitboss.games SET deleting = true WHERE name = $1", [
        game.name,
      ]);
      const operator = () =>
        finishOpenRounds(database.db, game.name, game.seedKey, { all: true }).then(
          ({ finished }) => finished,
        );
      const counts = await Promise.all([operator(), operator(), pod.sweep()]);
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        rounds.length,
      );
      const { rows } = await game.operator.query("SELECT * FROM pitboss.wrong_balances");
      assert.deepEqual(rows, []);
    });
  });

  it("moves money once, whatever statement it dies after", async () => {
    await mines(async (game, pod) => {
      const all = { all: true };
      const counting = crashingDatabase(database.db);
      await openRound(game, pod);
      await setDeleting(database.db, game.name);
      await finishOpenRounds(counting.db, game.name, game.seedKey, all);
      for (let last = 1; last <= counting.count(); last++) {
        await reopen(game);
        // One tile may hold a mine: then the round is over, and there is nothing to die over.
        while ((await openRound(game, pod, 1)).state !== "open");
        const dying = crashingDatabase(database.db, last).db;
        await assert.rejects(finishOpenRounds(dying, game.name, game.seedKey, all), /it died/);
        await finishOpenRounds(database.db, game.name, game.seedKey, all);
        assert.equal(await openRounds(database.db, game.name), 0);
      }
      const { rows } = await game.operator.query("SELECT * FROM pitboss.wrong_balances");
      assert.deepEqual(rows, []);
    });
  });

  it("leaves a round to whoever has it in hand and takes it up later", async () => {
    await mines(async (game, pod) => {
      const round = await openRound(game, pod);
      await withClient(database.url, async (other) => {
        await other.query("BEGIN");
        await other.query(`SELECT "${game.schema}".lock_pairs($1)`, [[round.player]]);
        const done = await finishOpenRounds(database.db, game.name, game.seedKey, { all: true });
        assert.deepEqual(done, { finished: 0, left: 1 });
        await other.query("ROLLBACK");
      });
      const done = await finishOpenRounds(database.db, game.name, game.seedKey, { all: true });
      assert.deepEqual(done, { finished: 1, left: 0 });
    });
  });

  it("says which seed does not open, and leaves the round as it is", async () => {
    await mines(async (game, pod) => {
      await openRound(game, pod);
      await assert.rejects(
        finishOpenRounds(database.db, game.name, Buffer.alloc(32), { all: true }),
        /while ending round .* does not open with the game's seed key/,
      );
      assert.equal(await openRounds(database.db, game.name), 1);
    });
  });

  it("counts none where the game has no tables yet", async () => {
    assert.equal(await openRounds(database.db, database.gameName()), 0);
    const name = database.gameName();
    assert.equal(await revealPairs(database.db, name, Buffer.alloc(32)), 0);
  });
});
