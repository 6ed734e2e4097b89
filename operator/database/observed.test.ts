import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase, withClient } from "../../test/harness/database.ts";
import { listedGame, placeRequest } from "../../test/harness/game.ts";
import { housekeeping } from "./housekeeping.ts";
import { observed } from "./observed.ts";

describe("observed", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  it("sums up rounds, stakes and payouts", async () => {
    const game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    assert.deepEqual(await observed(database.db, game.name), []);
    const pod = await game.pod();
    const player = await game.player();
    let paid = 0n;
    for (let i = 0; i < 5; i++) {
      const placed = await pod.rounds.place(placeRequest(player, { side: "heads" }));
      assert.ok("created" in placed);
      paid += placed.created.payout ?? 0n;
    }
    assert.deepEqual(await observed(database.db, game.name), [
      { currency: "USD", rounds: 5n, staked: 500n, paid, z: null },
    ]);
    await game.close();
  });

  it("counts each currency by itself, over revisions and folded minutes", async () => {
    const game = await database.provision();
    const insert = (minute: string, currency: string, revision: string, sums: string) =>
      `INSERT INTO pitboss.counters VALUES ('${game.name}', ${minute}, 1, '${currency}', '${revision}', ${sums})`;
    await withClient(database.url, async (client) => {
      await client.query(insert("now()", "USD", "a", "600, 6000, 5000, 30, 900"));
      await client.query(
        insert("now() - interval '1 hour'", "USD", "b", "400, 4000, 4100, 30, 2700"),
      );
      await client.query(insert("now()", "EUR", "a", "999, 100, 0, -5, 25"));
    });
    const expected = [
      { currency: "EUR", rounds: 999n, staked: 100n, paid: 0n, z: null },
      // 60 beyond what was expected, and the spread is √3600: one standard error.
      { currency: "USD", rounds: 1000n, staked: 10_000n, paid: 9_100n, z: 1 },
    ];
    assert.deepEqual(await observed(database.db, game.name), expected);
    await housekeeping(database.db);
    assert.deepEqual(await observed(database.db, game.name), expected);
    await withClient(database.url, async (client) => {
      const { rows } = await client.query(
        "SELECT count(*)::int AS minutes FROM pitboss.counters WHERE game = $1",
        [game.name],
      );
      assert.deepEqual(rows, [{ minutes: 2 }]);
    });
  });
});
