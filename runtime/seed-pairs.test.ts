import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { created, type ListedGame, listedGame, placeRequest } from "../test/harness/game.ts";
import type { OpenGame } from "./types.ts";

const bet = { side: "heads" };

describe("seed pairs", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let pod: OpenGame;
  let other: OpenGame;

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    [pod, other] = await Promise.all([game.pod(), game.pod()]);
  });

  after(async () => {
    await game.close();
    await database.drop();
  });

  it("are committed at the first call: the same pair for all who ask at once, on every pod", async () => {
    const player = await game.player();
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? pod : other).pairs.current(player)),
    );
    assert.equal(new Set(asked.map((pair) => JSON.stringify(pair))).size, 1);
    const [pair] = asked;
    assert.ok(pair);
    assert.match(pair.serverSeedHash, /^[0-9a-f]{64}$/);
    assert.notEqual(pair.serverSeedHash, pair.nextServerSeedHash);
    assert.equal(pair.clientSeedBy, "house");
    assert.equal(pair.nonce, 0);
  });

  it("reveal the old seed, play on the seed that was committed before, and commit the next", async () => {
    const player = await game.player();
    const old = await pod.pairs.current(player);
    created(await pod.rounds.place(placeRequest(player, bet)));
    const rotated = await other.pairs.rotate(player, "my-seed");
    assert.ok("revealed" in rotated);
    const { revealed, ...pair } = rotated;
    const seed = Buffer.from(revealed.serverSeed, "hex");
    assert.equal(createHash("sha256").update(seed).digest("hex"), old.serverSeedHash);
    assert.deepEqual(
      [revealed.serverSeedHash, revealed.clientSeed],
      [old.serverSeedHash, old.clientSeed],
    );
    assert.equal(pair.serverSeedHash, old.nextServerSeedHash);
    assert.notEqual(pair.nextServerSeedHash, pair.serverSeedHash);
    assert.deepEqual([pair.clientSeed, pair.clientSeedBy, pair.nonce], ["my-seed", "player", 0]);
    assert.deepEqual(await pod.pairs.current(player), pair);
  });

  it("take no client seed that the player has used here, for a pair or for a round", async () => {
    const player = await game.player();
    const { clientSeed } = await pod.pairs.current(player);
    created(await pod.rounds.place(placeRequest(player, bet, { clientSeed: "for-a-round" })));
    const before = await pod.pairs.rotate(player, "for-a-pair");
    assert.ok("revealed" in before);
    for (const used of [clientSeed, "for-a-round", "for-a-pair"]) {
      const rotated = await pod.pairs.rotate(player, used);
      assert.equal("refused" in rotated && rotated.refused, "client_seed_used");
    }
    assert.equal((await pod.pairs.current(player)).serverSeedHash, before.serverSeedHash);
  });

  it("take a client seed that somebody else has used", async () => {
    const [ann, bob] = await Promise.all([game.player(), game.player()]);
    for (const player of [ann, bob]) {
      assert.ok("revealed" in (await pod.pairs.rotate(player, "popular")));
    }
  });

  it("take no client seed in another form", async () => {
    const player = await game.player();
    for (const seed of ["", "a".repeat(65), "a:1", "ü", "a b"]) {
      const rotated = await pod.pairs.rotate(player, seed);
      assert.equal("refused" in rotated && rotated.refused, "invalid_client_seed", seed);
    }
  });

  it("rotate once for many who ask with one client seed", async () => {
    const player = await game.player();
    const rotations = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? pod : other).pairs.rotate(player, "one")),
    );
    assert.equal(rotations.filter((it) => "revealed" in it).length, 1);
  });

  it("do not rotate while a round is open", async () => {
    const mines = await listedGame(database, "mines");
    const minesPod = await mines.pod();
    const player = await mines.player();
    const round = created(await minesPod.rounds.place(placeRequest(player, { mines: 3 })));
    const rotated = await minesPod.pairs.rotate(player, "early");
    assert.ok("refused" in rotated);
    assert.deepEqual([rotated.refused, rotated.round], ["rounds_open", round.id]);
    await mines.close();
  });

  it("never split between two rotations and the rounds between them", async () => {
    const player = await game.player();
    const work: Promise<unknown>[] = [];
    for (let i = 0; i < 60; i++) {
      const at = i % 2 === 0 ? pod : other;
      if (i % 12 === 5) work.push(at.pairs.rotate(player, `seed-${i}`));
      else work.push(at.rounds.place(placeRequest(player, bet)).then(created));
    }
    await Promise.all(work);
    const { rows } = await game.operator.query(
      `SELECT p.nonce::int, array_agg(r.nonce::int ORDER BY r.nonce) FILTER (WHERE r.id IS NOT NULL) AS played
         FROM "${game.schema}".seed_pairs p LEFT JOIN "${game.schema}".rounds r ON r.pair = p.id
        WHERE p.player = $1 GROUP BY p.id`,
      [player],
    );
    for (const { nonce, played } of rows) {
      assert.deepEqual(played ?? [], [...Array(nonce).keys()]);
    }
    assert.equal(rows.length, 5 + 2);
  });
});
