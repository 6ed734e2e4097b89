import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { add, fraction, toText } from "../../games/fraction.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import { created, type ListedGame, listedGame, placeRequest } from "../../test/harness/game.ts";
import {
  type JackpotBooks,
  jackpotBooks,
  mustHitBy,
  type TestJackpot,
} from "../../test/harness/jackpots.ts";
import type { OpenGame } from "../types.ts";

const thirds = { ...mustHitBy, contribution: "1/3", mustHitBy: "100000", ceiling: "100000" };

describe("a jackpot that is decommissioned", () => {
  let database: TestDatabase;
  let books: JackpotBooks;
  let mines: ListedGame;
  let pod: OpenGame;

  before(async () => {
    database = await testDatabase();
    books = jackpotBooks(database);
    mines = await listedGame(database, "mines");
    pod = await mines.pod();
  });
  after(async () => {
    await Promise.all([mines.close(), books.close()]);
    await database.drop();
  });

  async function decommission({ name }: TestJackpot, to: TestJackpot | null) {
    const { rows } = await books.operator.query(
      "SELECT pitboss.decommission_jackpot('casino', $1, $2) AS done",
      [name, to?.name ?? null],
    );
    return rows[0].done;
  }

  /** Calls it as the operator does, until it is done or can go no further. */
  async function insist(jackpot: TestJackpot, to: TestJackpot | null) {
    for (;;) {
      const done = await decommission(jackpot, to);
      if (done.status !== "closing" || done.rounds > 0) return done;
      await books.settle(jackpot);
    }
  }

  /** Pool and overflow of one, as an exact number of minor units. */
  async function holds(jackpot: TestJackpot) {
    const { pool, overflow, scale } = await books.books(jackpot);
    return fraction(BigInt(pool ?? 0) + BigInt(overflow ?? 0), BigInt(scale ?? 1));
  }

  async function balanced(...jackpots: TestJackpot[]): Promise<void> {
    for (const jackpot of jackpots) {
      const row = await books.books(jackpot);
      assert.deepEqual([row["difference"], row["uncounted"]], ["0", "0"]);
    }
    const { rows } = await books.operator.query(
      `SELECT j.name, p.funds, (SELECT coalesce(sum(CASE WHEN t.credit = j.account THEN t.amount ELSE -t.amount END), 0)
              FROM pitboss.transfers t WHERE j.account IN (t.debit, t.credit)) AS account
         FROM pitboss.jackpots j JOIN pitboss.jackpot_pools p ON p.jackpot = j.id WHERE j.id = ANY ($1)`,
      [jackpots.map(({ id }) => id)],
    );
    for (const { name, funds, account } of rows) assert.equal(funds, account, name);
  }

  it("leaves all that it holds to another, to the last fraction, and never drops it", async () => {
    const [old, heir] = [
      await books.save(thirds),
      await books.save({ ...mustHitBy, contribution: "1/7" }),
    ];
    await books.bind(mines.name, [old, heir]);
    const player = await mines.player();
    await pod.rounds.place(placeRequest(player, { mines: 1 }));
    assert.deepEqual(await decommission(old, heir), { status: "in_use", games: [mines.name] });
    await books.bind(mines.name, [heir]);
    assert.equal((await decommission(old, null)).status, "transfer_needed");
    await books.settle(heir);
    await books.settle(old);
    const both = add(await holds(old), await holds(heir));
    // The round that is open began with it.
    const waiting = await insist(old, heir);
    assert.deepEqual(waiting, { status: "closing", rounds: 1, waiting: 0 });
    await mines.operator.query("UPDATE pitboss.games SET open_timeout = '0 s' WHERE name = $1", [
      mines.name,
    ]);
    assert.equal(await pod.sweep(), 1);
    assert.equal((await insist(old, heir)).status, "decommissioned");
    assert.equal((await decommission(old, heir)).status, "not_found");
    assert.equal(toText(await holds(old)), "0");
    assert.equal(toText(await holds(heir)), toText(both));
    await balanced(old, heir);
    const { rows } = await books.lobby.query(
      "SELECT body FROM pitboss.jackpot_events WHERE jackpot = $1 AND kind = 'closed'",
      [old.id],
    );
    assert.equal(rows[0].body.transferTo, heir.name);
    // Its next wins pay what it inherited, in units of both denominators.
    const later = await mines.player(1_000_000);
    for (let i = 0; i < 12; i++) {
      created(await pod.rounds.place(placeRequest(later, { mines: 1 }, { stake: 10_000n })));
      await pod.sweep();
    }
    assert.ok((await books.settle(heir)) > 2);
    await balanced(old, heir);
  });

  it("waits for a bet that saw it open and has not committed", async () => {
    const [old, heir] = [await books.save(thirds), await books.save(mustHitBy)];
    const bet = await books.operator.connect();
    await bet.query("BEGIN");
    await bet.query("SELECT FROM pitboss.gates WHERE game = $1 AND lane = 1 FOR SHARE", [
      mines.name,
    ]);
    await books.settle(old);
    for (let i = 0; i < 4; i++) {
      assert.deepEqual(await decommission(old, heir), { status: "closing" });
    }
    await bet.query(
      `INSERT INTO pitboss.jackpot_incoming (jackpot, terms, debit, hit, game, round, player)
         SELECT id, terms, 100, false, $2, uuidv7(), 'ann' FROM pitboss.jackpots WHERE id = $1`,
      [old.id, mines.name],
    );
    await bet.query("COMMIT");
    bet.release();
    assert.equal((await insist(old, heir)).status, "decommissioned");
    assert.equal((await books.books(old))["contributed"], "500");
    await balanced(old, heir);
  });

  it("gives the house its seed back where no bet has added to it", async () => {
    const unused = await books.save(mustHitBy);
    assert.equal(
      (await decommission(unused, { id: 0, namespace: "", name: "nobody" })).status,
      "no_successor",
    );
    assert.equal((await insist(unused, null)).status, "decommissioned");
    await balanced(unused);
    assert.equal(toText(await holds(unused)), "0");
    const again = await books.save(mustHitBy, unused);
    assert.deepEqual([again.status, again.id === unused.id], ["created", false]);
    await balanced(again);
  });

  it("takes no other currency's or namespace's jackpot for its heir, nor itself", async () => {
    const old = await books.save(thirds);
    const euros = await books.save(mustHitBy, { currency: "EUR" });
    const foreign = await books.save(mustHitBy, { namespace: "elsewhere" });
    for (const heir of [euros, foreign, old]) {
      assert.equal((await decommission(old, heir)).status, "no_successor");
    }
  });
});
