import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type pg from "pg";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { created, type ListedGame, listedGame, placeRequest } from "../test/harness/game.ts";
import {
  type JackpotBooks,
  jackpotBooks,
  mustHitBy,
  type TestJackpot,
} from "../test/harness/jackpots.ts";

const feed = `
  INSERT INTO pitboss.jackpot_incoming (jackpot, terms, debit, hit, game, round, player)
    SELECT id, terms, $2, false, 'dice', uuidv7(), 'ann' FROM pitboss.jackpots WHERE id = $1`;

describe("the order of contributions", () => {
  let database: TestDatabase;
  let books: JackpotBooks;
  let game: ListedGame;
  let jackpot: TestJackpot;
  const open: pg.PoolClient[] = [];

  before(async () => {
    database = await testDatabase();
    books = jackpotBooks(database);
    game = await listedGame(database, "coin-flip");
  });
  beforeEach(async () => {
    jackpot = await books.save({ ...mustHitBy, mustHitBy: "900000", ceiling: "900000" });
  });
  afterEach(async () => {
    for (const client of open.splice(0)) {
      await client.query("ROLLBACK");
      client.release();
    }
  });
  after(async () => {
    await Promise.all([game.close(), books.close()]);
    await database.drop();
  });

  /** A transaction that has its number already. */
  async function begin(): Promise<pg.PoolClient> {
    const client = await books.operator.connect();
    open.push(client);
    await client.query("BEGIN");
    await client.query("SELECT pg_current_xact_id()");
    return client;
  }

  async function order(): Promise<string[]> {
    const { rows } = await books.operator.query(
      "SELECT debit FROM pitboss.jackpot_contributions WHERE jackpot = $1 ORDER BY position",
      [jackpot.id],
    );
    return rows.map(({ debit }) => debit);
  }

  it("takes nothing while something could still be committed before it", async () => {
    const early = await begin();
    await books.operator.query(feed, [jackpot.id, 2]);
    assert.deepEqual(await books.sequence(jackpot), { taken: 0, wins: 0 });
    await early.query(feed, [jackpot.id, 1]);
    assert.deepEqual(await books.sequence(jackpot), { taken: 0, wins: 0 });
    await early.query("COMMIT");
    await books.settle(jackpot);
    assert.deepEqual(await order(), ["1", "2"]);
  });

  it("leaves out what is rolled back", async () => {
    const client = await begin();
    await client.query(feed, [jackpot.id, 1]);
    await client.query("ROLLBACK");
    await books.operator.query(feed, [jackpot.id, 2]);
    await books.settle(jackpot);
    assert.deepEqual(await order(), ["2"]);
  });

  it("is kept over calls that take one each, and goes on where it ended", async () => {
    for (const debit of [1, 2, 3]) await books.operator.query(feed, [jackpot.id, debit]);
    await books.settle(jackpot, 1);
    await books.operator.query(feed, [jackpot.id, 4]);
    await books.settle(jackpot);
    assert.deepEqual(await order(), ["1", "2", "3", "4"]);
  });

  it("goes on after a restore into a cluster whose transactions have lower numbers", async () => {
    await books.operator.query(feed, [jackpot.id, 1]);
    await books.operator.query(
      "UPDATE pitboss.jackpot_incoming SET xid = '999999999999' WHERE jackpot = $1",
      [jackpot.id],
    );
    await books.settle(jackpot);
    for (const debit of [2, 3]) {
      await books.operator.query(feed, [jackpot.id, debit]);
      await books.settle(jackpot);
    }
    assert.deepEqual(await order(), ["1", "2", "3"]);
    assert.equal((await books.books(jackpot))["uncounted"], "0");
  });

  it("is made by one sequencer at a time; the others go away at once", async () => {
    const holder = await begin();
    await holder.query("SELECT pitboss.lock_jackpot($1)", [jackpot.id]);
    assert.deepEqual(await books.sequence(jackpot), { taken: 0, wins: 0, busy: true });
  });

  it("never keeps a bet waiting, not even while a sequencer hangs", async () => {
    await books.bind(game.name, [jackpot]);
    const pod = await game.pod();
    const player = await game.player();
    const hanging = await begin();
    await hanging.query("SELECT pitboss.lock_jackpot($1)", [jackpot.id]);
    await hanging.query("SELECT FROM pitboss.jackpots WHERE id = $1 FOR UPDATE", [jackpot.id]);
    for (let i = 0; i < 3; i++) {
      created(await pod.rounds.place(placeRequest(player, { side: "heads" })));
    }
    await hanging.query("ROLLBACK");
    await books.settle(jackpot);
    assert.deepEqual(await order(), ["100", "100", "100"]);
  });
});
