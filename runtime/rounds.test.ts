import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { created, type ListedGame, listedGame, placeRequest } from "../test/harness/game.ts";
import type { OpenGame } from "./types.ts";

describe("rounds of one step", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let pod: OpenGame;

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    pod = await game.pod();
  });

  after(async () => {
    await game.close();
    await database.drop();
  });

  it("debits, draws, credits and answers a settled round", async () => {
    const player = await game.player(1000);
    const round = created(await pod.rounds.place(placeRequest(player, { side: "heads" })));
    assert.equal(round.state, "settled");
    const win = (round.outcome as { side: string }).side === "heads";
    assert.equal(round.payout, win ? 196n : 0n);
    assert.equal(await game.balance(player), 900n + (round.payout ?? 0n));
    assert.deepEqual(await pod.rounds.get(player, round.id), round);
  });
});
