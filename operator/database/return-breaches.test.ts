import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import {
  expectOk,
  type TestDatabase,
  type TestGame,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { dropGame } from "./drop.ts";
import { observed } from "./observed.ts";
import { releaseGame } from "./release.ts";
import { acknowledgeBreaches, openBreaches, recordBreach } from "./return-breaches.ts";

const judged = {
  ...{ rounds: 1000n, staked: 100_000n, paid: 120_000n, deviation: 22_000.4, squares: 9.5e6 },
  ...{ largestRisk: 99, largestWin: 197, openRisk: 0, openWin: 0 },
};

const found = (change: object = {}) => ({
  ...{ currency: "USD", side: "paysTooMuch" as const, play: judged, allowed: 15_432.1 },
  ...{ noted: undefined, ...change },
});

describe("breaches of the return", () => {
  let database: TestDatabase;
  let game: TestGame;

  before(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    game = await database.provision();
    await query(
      `INSERT INTO pitboss.totals SELECT $1, currency, 'a', 1000, 100000, 120000, 22000.4, 9500000, 99, 197
         FROM unnest(ARRAY['USD', 'EUR']) AS currency`,
      [game.name],
    );
  });
  after(() => database.drop());

  const query = (sql: string, values: unknown[]) =>
    withClient(database.superuserUrl, async (client) => (await client.query(sql, values)).rows);
  const record = (change: object = {}) => recordBreach(database.db, game, found(change));
  const open = () => openBreaches(database.db, game.name);
  const acknowledge = (note: string) => acknowledgeBreaches(database.db, game.name, note);

  it("are written once, and stand", async () => {
    assert.deepEqual(await open(), []);
    assert.equal(await record(), true);
    assert.equal(await record({ allowed: 1 }), false);
    assert.equal(await record({ currency: "EUR", side: "paysTooLittle" }), true);
    const sums = { rounds: 1000n, staked: 100_000n, paid: 120_000n };
    const figures = { ...sums, deviation: 22_000n, allowed: 15_432n };
    assert.deepEqual(await open(), [
      { currency: "USD", side: "paysTooMuch", ...figures },
      { currency: "EUR", side: "paysTooLittle", ...figures },
    ]);
  });

  it("are not written by a Game that does not own the schema", async () => {
    const stranger = { ...game, uid: crypto.randomUUID() };
    assert.equal(await recordBreach(database.db, stranger, found()), false);
    assert.deepEqual(await open(), []);
  });

  it("are closed by a new note, which is kept, and judgement begins afresh in their currencies", async () => {
    await record();
    assert.equal(await acknowledge("Ann: a wrong reel, CAS-1"), 1);
    assert.deepEqual(await open(), []);
    const [row] = await query("SELECT * FROM pitboss.return_breaches WHERE game = $1", [game.name]);
    assert.equal(row.acknowledged_with, "Ann: a wrong reel, CAS-1");
    assert.ok(row.acknowledged_at >= row.at);
    const [euros, dollars] = await observed(database.db, game.name);
    assert.equal(euros?.judged.rounds, 1000n);
    assert.deepEqual(
      [dollars?.judged.rounds, dollars?.judged.deviation, dollars?.judged.squares],
      [0n, 0, 0],
    );
    assert.deepEqual([dollars?.rounds, dollars?.judged.largestWin], [1000n, 197]);
  });

  it("are not closed by a note that was used, or that was there when they were found", async () => {
    await record();
    assert.equal(await acknowledge("the first one"), 1);
    assert.equal(await record({ noted: "the first one" }), true);
    assert.equal(await acknowledge("the first one"), 0);
    assert.equal(await acknowledge("the second one"), 1);
    assert.equal(await record({ noted: "the second one" }), true);
    assert.equal(await acknowledge("the first one"), 0, "used before, though another came between");
    assert.equal((await open()).length, 1);
  });

  it("are closed together, on all sides and in all currencies", async () => {
    await record();
    await record({ currency: "EUR" });
    await record({ side: "paysTooLittle" });
    assert.equal(await acknowledge("all of it is known"), 3);
    const plays = await observed(database.db, game.name);
    assert.deepEqual(
      plays.map(({ judged }) => judged.rounds),
      [0n, 0n],
    );
  });

  it("take no note that says nothing", async () => {
    await record();
    await assert.rejects(acknowledge("ok"), /violates check constraint/);
    assert.equal((await open()).length, 1);
  });

  it("go with the sums that they were found in: kept with a schema that is kept, for whoever adopts it", async () => {
    await record();
    expectOk(await releaseGame(database.db, game));
    assert.equal(await record({ side: "paysTooLittle" }), false, "nobody owns it");
    const heir = await database.provision(game.name, { uid: crypto.randomUUID() });
    assert.equal((await open()).length, 1);
    assert.equal(await recordBreach(database.db, heir, found()), false);
    expectOk(await dropGame(database.db, heir));
    assert.deepEqual(await open(), []);
    const left = await query(
      "SELECT FROM pitboss.return_breaches WHERE game = $1 UNION ALL SELECT FROM pitboss.return_baselines WHERE game = $1",
      [game.name],
    );
    assert.deepEqual(left, []);
  });

  it("are nothing that a game's own role can see or change", async () => {
    await record();
    await withClient(game.url, async (client) => {
      for (const sql of [
        "SELECT FROM pitboss.return_breaches",
        "DELETE FROM pitboss.return_breaches",
        "UPDATE pitboss.return_baselines SET deviation = 1e9",
        "SELECT pitboss.acknowledge_breaches('x', 'a thief was here')",
      ]) {
        await assert.rejects(client.query(sql), /permission denied/, sql);
      }
    });
  });
});
