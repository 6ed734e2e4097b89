import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { crashingDatabase, everyCrash } from "../../test/harness/crashing-database.ts";
import {
  expectOk,
  type TestDatabase,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { endState } from "../../test/harness/end-state.ts";
import { listedGame, placeRequest } from "../../test/harness/game.ts";
import { dropGame } from "./drop.ts";
import { provisionGame } from "./provision.ts";
import { releaseGame } from "./release.ts";
import { seedKey } from "./seed-keys.ts";

describe("dropGame", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  it("takes everything of the game but the ledger", async () => {
    const game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    const player = await game.player();
    const pod = await game.pod();
    const placed = await pod.rounds.place(placeRequest(player, { side: "heads" }));
    assert.ok("created" in placed);
    expectOk(await seedKey(database.db, game.name, Buffer.alloc(32)));
    const balance = await game.balance(player);
    assert.deepEqual(await dropGame(database.db, game), { ok: "dropped" });
    assert.equal(await game.balance(player), balance);
    const transfers = placed.created.payout === 0n ? 1 : 2;
    const nothing = { games: 0, keys: 0, "seed keys": 0, results: 0 };
    assert.deepEqual(await endState(database, game.name), {
      ...{ ownership: null, role: null, schema: null, relations: null, functions: null },
      ...{ rows: { ...nothing, transfers }, migrations: [] },
    });
    const wrong = await game.operator.query("SELECT * FROM pitboss.wrong_balances");
    assert.deepEqual(wrong.rows, []);
    await game.close();
  });

  it("ends in the same state after a crash at any statement", async () => {
    const counting = crashingDatabase(database.db);
    const reference = await database.provision();
    expectOk(await dropGame(counting.db, reference));
    const expected = await endState(database, reference.name);
    await everyCrash(counting.count(), async (last) => {
      const game = await database.provision();
      const dying = crashingDatabase(database.db, last);
      await assert.rejects(dropGame(dying.db, game), /it died after/);
      assert.deepEqual(await dropGame(database.db, game), { ok: "dropped" });
      assert.deepEqual(await endState(database, game.name), expected, `after ${last}`);
    });
  });

  it("ends the sessions that still play", async () => {
    const game = await database.provision();
    await withClient(game.url, async (client) => {
      client.on("error", () => undefined);
      await client.query("BEGIN");
      await client.query(`SELECT FROM "${game.schema}".rounds`);
      assert.deepEqual(await dropGame(database.db, game), { ok: "dropped" });
    });
  });

  it("drops a released schema for the Game that released it, and no other's", async () => {
    const game = await database.provision();
    expectOk(await releaseGame(database.db, game));
    const other = { ...game, uid: "another" };
    assert.deepEqual(await dropGame(database.db, other), { ok: "not-owner" });
    assert.deepEqual(await dropGame(database.db, game), { ok: "dropped" });
    assert.deepEqual(await dropGame(database.db, game), { ok: "dropped" });
  });

  it("leaves the name free for a new Game, which begins afresh", async () => {
    const game = await database.provision();
    expectOk(await dropGame(database.db, game));
    const next = { ...game, uid: "next", password: "p", connectionLimit: 3 };
    const made = expectOk(await provisionGame(database.db, next));
    assert.equal(made.adopted, null);
    assert.ok(made.ran.length > 0);
  });
});
