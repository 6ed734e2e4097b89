import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase, withClient } from "../../test/harness/database.ts";
import { created, hashOf, listedGame, moved, placeRequest, usd } from "../../test/harness/game.ts";
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

  it("takes what rounding keeps for what it is, and not for a game that pays too little", async () => {
    const game = await listedGame(...[database, "coin-flip", { multiplier: "1.96" }], {
      stakes: [{ ...usd, min: "7", step: "7" }],
    });
    const pod = await game.pod();
    const player = await game.player();
    for (let i = 0; i < 10; i++) {
      created(await pod.rounds.place(placeRequest(player, { side: "heads" }, { stake: 7n })));
    }
    const [play] = await observed(database.db, game.name);
    const { deviation, squares } = play?.judged ?? assert.fail();
    // Whoever wins gets 13 for 13.72, and 6.86 is expected: each round is 6.86 off, one way or the other.
    const off = (deviation / 6.86 + 10) / 2;
    assert.ok(Math.abs(off - Math.round(off)) < 1e-6, `${deviation}`);
    assert.ok(Math.abs(squares - 10 * 6.86 ** 2) < 1e-4, `${squares}`);
    await game.close();
  });

  it("counts open rounds apart, and what actions stake and give away", async () => {
    const game = await listedGame(database, "mines");
    const pod = await game.pod();
    const player = await game.player();
    const open = created(await pod.rounds.place(placeRequest(player, { mines: 1 })));
    const before = await observed(database.db, game.name);
    const { largestRisk, largestWin, ...play } = before[0]?.judged ?? assert.fail();
    assert.equal(before[0]?.openRounds, 1);
    assert.deepEqual(play, {
      ...{ rounds: 0n, staked: 100n, paid: 0n, deviation: 0, squares: 0 },
      ...{ openRisk: 100, openWin: largestWin - 1 },
    });
    assert.ok(largestRisk > 99 && largestRisk <= 100, `${largestRisk}`);
    const version = open.version;
    const action = { type: "reveal", tile: 0 };
    const request = { player, round: open.id, version, action, key: "a", requestHash: hashOf(1) };
    let round = moved(await pod.rounds.act(request));
    if (round.state === "open") {
      const cashOut = { ...request, version: 2, action: { type: "cashOut" }, key: "b" };
      round = moved(await pod.rounds.act(cashOut));
    }
    const [after] = await observed(database.db, game.name);
    assert.deepEqual([after?.openRounds, after?.rounds, after?.paid], [0, 1n, round.payout]);
    const { deviation, squares, openRisk, openWin } = after?.judged ?? assert.fail();
    // 99 is expected of a stake of 100; cashed out after one tile it is 103.125, of which 103 are paid.
    const luck = round.payout === 0n ? -99 : 103.125 - 99;
    assert.deepEqual([openRisk, openWin], [0, 0]);
    assert.ok(Math.abs(deviation - luck) < 1, `${deviation}`);
    assert.ok(Math.abs(squares - deviation ** 2) < 1e-6);
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
