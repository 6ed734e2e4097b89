import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { verify } from "../../games/fairness.ts";
import { seal } from "../../runtime/seal.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import { type ListedGame, listedGame, placeRequest } from "../../test/harness/game.ts";
import { setDeleting } from "./catalogue.ts";
import { openSeed } from "./open-seed.ts";
import { revealPairs } from "./reveal.ts";

describe("openSeed", () => {
  const owner = { game: "mines", player: "ann/bob", pair: crypto.randomUUID() };
  const key = Buffer.alloc(32, 1);
  const seed = Buffer.alloc(32, 2);

  it("opens what the runtime sealed", () => {
    assert.deepEqual(openSeed(key, owner, seal(key, owner, seed)), seed);
  });

  it("opens it with no other key and for no other owner", () => {
    const sealed = seal(key, owner, seed);
    assert.throws(() => openSeed(Buffer.alloc(32), owner, sealed), /does not open/);
    assert.throws(() => openSeed(key, { ...owner, player: "ann" }, sealed), /does not open/);
    assert.throws(() => openSeed(key, owner, sealed.subarray(1)), /does not open/);
  });
});

describe("revealPairs", () => {
  let database: TestDatabase;
  let game: ListedGame;

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
  });
  after(async () => {
    await game.close();
    await database.drop();
  });

  it("refuses while the game takes rounds", async () => {
    await assert.rejects(revealPairs(database.db, game.name, game.seedKey), /still takes rounds/);
  });

  it("reveals every pair, played or not, and each round can be verified from what it shows", async () => {
    const pod = await game.pod();
    const player = await game.player();
    const placed = await pod.rounds.place(placeRequest(player, { side: "heads" }));
    assert.ok("created" in placed);
    // More than one call's worth: each player has two.
    const others = Array.from({ length: 260 }, (_, i) => `looker-${i}`);
    await Promise.all(others.map((other) => pod.pairs.current(other)));
    await setDeleting(database.db, game.name);
    assert.equal(await revealPairs(database.db, game.name, game.seedKey), 2 * 261);
    assert.equal(await revealPairs(database.db, game.name, game.seedKey), 0);
    const { rows } = await game.operator.query(
      `SELECT count(*)::int AS sealed FROM "${game.schema}".seed_pairs WHERE server_seed IS NULL OR state <> 'revealed'`,
    );
    assert.deepEqual(rows, [{ sealed: 0 }]);
    const proof = await pod.rounds.proof(player, placed.created.id);
    assert.deepEqual(verify(proof as never), { ok: true, problems: [] });
  });
});
