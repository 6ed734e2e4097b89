import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { crashingDatabase, everyCrash } from "../../test/harness/crashing-database.ts";
import {
  expectOk,
  type TestDatabase,
  type TestGame,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { endState } from "../../test/harness/end-state.ts";
import { listedGame, placeRequest } from "../../test/harness/game.ts";
import { setDeleting } from "./catalogue.ts";
import { connect } from "./connect.ts";
import { DatabaseAway } from "./failure.ts";
import { provisionGame } from "./provision.ts";
import { releaseGame } from "./release.ts";
import { revealPairs } from "./reveal.ts";
import { seedKey } from "./seed-keys.ts";

describe("releaseGame", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  it("locks the role out at once, sessions included, and takes the game off the catalogue", async () => {
    const game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    await withClient(game.url, async (client) => {
      // Its end is what the test is about.
      client.on("error", () => undefined);
      await client.query("SELECT 1");
      assert.deepEqual(await releaseGame(database.db, game), { ok: "released" });
      await assert.rejects(client.query("SELECT 1"));
    });
    await assert.rejects(
      withClient(game.url, (client) => client.query("SELECT 1")),
      { code: "28000" },
    );
    const { rows } = await game.operator.query("SELECT FROM pitboss.games WHERE name = $1", [
      game.name,
    ]);
    assert.equal(rows.length, 0);
    assert.deepEqual(await releaseGame(database.db, game), { ok: "released" });
    await game.close();
  });

  it("ends in the same state after a crash at any statement", async () => {
    const reference = await database.provision();
    const counting = crashingDatabase(database.db);
    expectOk(await releaseGame(counting.db, reference));
    const expected = await endState(database, reference.name);
    await everyCrash(counting.count(), async (last) => {
      const game = await database.provision();
      const dying = crashingDatabase(database.db, last);
      await assert.rejects(releaseGame(dying.db, game), /it died after/);
      expectOk(await releaseGame(database.db, game));
      assert.deepEqual(await endState(database, game.name), expected, `after ${last}`);
    });
  });

  it("leaves another Game's schema alone", async () => {
    const game = await database.provision();
    for (const other of [{ namespace: "elsewhere" }, { uid: "another" }]) {
      assert.deepEqual(await releaseGame(database.db, { ...game, ...other }), { ok: "not-owner" });
    }
    const stranger = { ...game, name: database.gameName() };
    assert.deepEqual(await releaseGame(database.db, stranger), { ok: "not-owner" });
    await withClient(game.url, (client) => client.query("SELECT 1"));
  });

  it("gives a Game that comes again its rounds, its keys and its seed key", async () => {
    const game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    const platformKey = Buffer.alloc(32, 9);
    const key = expectOk(await seedKey(database.db, game.name, platformKey));
    const player = await game.player();
    const placed = await (await game.pod()).rounds.place(placeRequest(player, { side: "heads" }));
    assert.ok("created" in placed);
    await setDeleting(database.db, game.name);
    await revealPairs(database.db, game.name, game.seedKey);
    expectOk(await releaseGame(database.db, game));
    await game.close();

    const again: TestGame = { ...game, uid: "again" };
    const request = { ...again, password: "new", connectionLimit: 5 };
    assert.equal(expectOk(await provisionGame(database.db, request)).adopted, game.uid);
    assert.deepEqual(expectOk(await seedKey(database.db, game.name, platformKey)), key);
    const state = JSON.stringify(await endState(database, game.name));
    assert.match(state, /"keys":1/);
    await withClient(database.url, async (client) => {
      const { rows } = await client.query(`SELECT id FROM "${game.schema}".rounds`);
      assert.deepEqual(rows, [{ id: placed.created.id }]);
    });
  });

  it("throws DatabaseAway while the database is away, and does it when it is back", async () => {
    const game = await database.provision();
    const db = expectOk(await connect(database.settings, database.db.limits));
    await db.close();
    await assert.rejects(releaseGame(db, game), DatabaseAway);
    assert.deepEqual(await releaseGame(database.db, game), { ok: "released" });
  });
});
