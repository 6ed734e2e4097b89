import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { created, type ListedGame, listedGame, placeRequest } from "../test/harness/game.ts";
import type { OpenGame } from "./types.ts";

describe("abandoned rounds", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let pods: OpenGame[];
  const ended: string[] = [];

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "mines", {}, { openTimeout: "1 hour" });
    const hooks = { settled: (_: string, __: bigint, ___: bigint, by: string) => ended.push(by) };
    pods = await Promise.all([game.pod({ hooks }), game.pod({ hooks }), game.pod({ hooks })]);
  });

  after(async () => {
    await game.close();
    await database.drop();
  });

  const [first, sweepAll] = [
    () => pods[0] as OpenGame,
    async () => (await Promise.all(pods.map((pod) => pod.sweep()))).reduce((a, b) => a + b, 0),
  ];

  function timeout(value: string) {
    const text = "UPDATE pitboss.games SET open_timeout = $2 WHERE name = $1";
    return game.operator.query(text, [game.name, value]);
  }

  it("are left alone until their time is over", async () => {
    const player = await game.player(1000);
    created(await first().rounds.place(placeRequest(player, { mines: 3 })));
    assert.equal(await sweepAll(), 0);
  });

  it("are each finished once by the default action, whichever pods look at the same time", async () => {
    const players = await Promise.all(Array.from({ length: 30 }, () => game.player(1000)));
    const rounds = await Promise.all(
      players.map(async (player) =>
        created(await first().rounds.place(placeRequest(player, { mines: 3 }))),
      ),
    );
    ended.length = 0;
    await timeout("0 seconds");
    let finished = 0;
    while (finished < 31) finished += await sweepAll();
    assert.equal(await sweepAll(), 0);
    assert.deepEqual([ended.length, new Set(ended)], [31, new Set(["default"])]);
    for (const { player, id } of rounds) {
      const round = await first().rounds.get(player, id);
      assert.ok("state" in round);
      // Before the first tile the default action loses the stake.
      assert.deepEqual([round.state, round.payout, round.version], ["settled", 0n, 2]);
      assert.equal(await game.balance(player), 900n);
    }
    await timeout("1 hour");
  });

  it("are all finished while the game is being deleted", async () => {
    const player = await game.player(1000);
    created(await first().rounds.place(placeRequest(player, { mines: 3 })));
    await game.operator.query("UPDATE pitboss.games SET deleting = true WHERE name = $1", [
      game.name,
    ]);
    assert.equal(await sweepAll(), 1);
    await game.operator.query("UPDATE pitboss.games SET deleting = false WHERE name = $1", [
      game.name,
    ]);
  });

  it("are found by a pod by itself", async () => {
    const player = await game.player(1000);
    const round = created(await first().rounds.place(placeRequest(player, { mines: 3 })));
    await timeout("0 seconds");
    await game.pod({ sweepSeconds: 0.05 });
    for (;;) {
      const seen = await first().rounds.get(player, round.id);
      assert.ok("state" in seen);
      if (seen.state === "settled") break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await timeout("1 hour");
  });
});
