import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase, withClient } from "../../test/harness/database.ts";
import { listedGame, placeRequest } from "../../test/harness/game.ts";
import { housekeeping } from "./housekeeping.ts";
import { observed } from "./observed.ts";

const noneOpen = { openRisk: 0, openWin: 0 };

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
    const [play, ...others] = await observed(database.db, game.name);
    const { judged, ...shown } = play ?? assert.fail();
    assert.deepEqual(others, []);
    assert.deepEqual(shown, {
      ...{ currency: "USD", rounds: 5n, staked: 500n, paid, z: null, openRounds: 0 },
    });
    assert.deepEqual(judged, {
      ...{ rounds: 5n, staked: 500n, paid, deviation: Number(paid) - 490, squares: 5 * 98 ** 2 },
      // A bet of 1.00 is worth 0.98 and can pay 1.96; one more for what rounding takes.
      ...{ largestRisk: 99, largestWin: 197, openRisk: 0, openWin: 0 },
    });
    await game.close();
  });

  it("counts each currency by itself, over revisions and folded minutes", async () => {
    const game = await database.provision();
    const insert = (minute: string, currency: string, revision: string, sums: string) =>
      `INSERT INTO pitboss.counters VALUES ('${game.name}', ${minute}, 1, '${currency}', '${revision}', ${sums})`;
    await withClient(database.url, async (client) => {
      await client.query(insert("now()", "USD", "a", "600, 6000, 5000, 30, 900, 10, 90"));
      await client.query(
        insert("now() - interval '1 hour'", "USD", "b", "400, 4000, 4100, 30, 2700, 20, 80"),
      );
      await client.query(insert("now()", "EUR", "a", "999, 100, 0, -5, 25, 1, 2"));
    });
    const euros = { rounds: 999n, staked: 100n, paid: 0n };
    const dollars = { rounds: 1000n, staked: 10_000n, paid: 9_100n };
    const expected = [
      {
        ...{ currency: "EUR", ...euros, z: null, openRounds: 0 },
        judged: {
          ...euros,
          deviation: -5,
          squares: 25,
          largestRisk: 1,
          largestWin: 2,
          ...noneOpen,
        },
      },
      {
        // 60 beyond what was expected, and the spread is √3600: one standard error.
        ...{ currency: "USD", ...dollars, z: 1, openRounds: 0 },
        judged: {
          ...{ ...dollars, deviation: 60, squares: 3600, largestRisk: 20, largestWin: 90 },
          ...noneOpen,
        },
      },
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
