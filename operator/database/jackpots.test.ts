import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase, withClient } from "../../test/harness/database.ts";
import { type ListedGame, listedGame } from "../../test/harness/game.ts";
import {
  bindJackpots,
  decommissionJackpot,
  type JackpotWish,
  jackpotFigures,
  saveJackpot,
} from "./jackpots.ts";
import { inSession } from "./session.ts";

const terms = {
  ...{ seed: "100000", ceiling: "500000", contribution: "1/100", overflowShare: "1/5" },
  mustHitBy: "500000",
};

describe("the jackpots' rows", () => {
  let database: TestDatabase;
  let game: ListedGame;

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "coin-flip");
  });
  after(async () => {
    await game?.close();
    await database?.drop();
  });

  const wish = (name: string, change: Partial<JackpotWish> = {}): JackpotWish => ({
    ...{ namespace: game.namespace, name, uid: "u1", currency: "USD", digits: 2, terms },
    ...change,
  });
  const figures = async (name: string) => {
    const one = { namespace: game.namespace, name };
    return (await jackpotFigures(database.db, one))[0];
  };
  const bind = (names: readonly string[], uid = game.uid) =>
    inSession(database.db, "binding", (client) => bindJackpots(client, { ...game, uid }, names));
  const contribute = (name: string) =>
    withClient(database.superuserUrl, (client) =>
      client.query(
        `INSERT INTO pitboss.jackpot_incoming (jackpot, terms, debit, hit, game, round, player)
          SELECT id, terms, 10000, false, $2, gen_random_uuid(), 'ann' FROM pitboss.jackpots WHERE name = $1`,
        [name, game.name],
      ),
    );

  it("are made with the house's seed, and written again only for other terms", async () => {
    assert.equal(await saveJackpot(database.db, wish("mega")), "created");
    assert.equal(await saveJackpot(database.db, wish("mega")), "unchanged");
    const one = await figures("mega");
    assert.deepEqual(
      [one?.pool, one?.overflow, one?.contributions, one?.wins, one?.difference],
      [100_000n, 0n, 0n, 0, "0"],
    );
    assert.deepEqual([one?.terms, one?.pendingTerms, one?.lastWin], [terms, undefined, undefined]);
  });

  it("keep changed terms until the next win, and drop them when they are taken back", async () => {
    const higher = { ...terms, contribution: "1/50" };
    assert.equal(await saveJackpot(database.db, wish("mega", { terms: higher })), "pending");
    assert.deepEqual((await figures("mega"))?.pendingTerms, higher);
    assert.deepEqual((await figures("mega"))?.terms, terms);
    assert.equal(await saveJackpot(database.db, wish("mega")), "unchanged");
    assert.equal((await figures("mega"))?.pendingTerms, undefined);
  });

  it("stay of their currency, and one namespace's are not another's", async () => {
    const other = wish("mega", { currency: "EUR" });
    assert.equal(await saveJackpot(database.db, other), "currency_fixed");
    assert.equal(await saveJackpot(database.db, { ...other, namespace: "elsewhere" }), "created");
  });

  it("are fed by the games that are bound to them, in their namespace and by their own Game", async () => {
    assert.deepEqual(await bind(["mega", "none"]), ["none"]);
    assert.deepEqual(await bind([], "an earlier Game"), []);
    const left = await decommissionJackpot(database.db, wish("mega"), undefined);
    assert.deepEqual(left, { status: "in_use", games: [game.name] });
    assert.deepEqual(await bind([]), []);
  });

  it("leave their money to another one when they go", async () => {
    await saveJackpot(database.db, wish("old"));
    await contribute("old");
    const ask = (to?: string) => decommissionJackpot(database.db, wish("old"), to);
    assert.equal((await ask()).status, "transfer_needed");
    assert.equal((await ask("none")).status, "no_successor");
    for (let tries = 0; (await ask("mega")).status !== "decommissioned"; tries++) {
      assert.ok(tries < 200, "it is closed in the end");
    }
    assert.equal((await ask("mega")).status, "not_found");
    assert.equal((await figures("mega"))?.overflow, 100_100n);
    assert.equal((await figures("mega"))?.difference, "0");
    assert.equal(await figures("old"), undefined);
    assert.equal(await saveJackpot(database.db, wish("old")), "created");
  });
});
