import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "mocha";
import {
  type TestDatabase,
  type TestGame,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { listedGame, placeRequest } from "../../test/harness/game.ts";
import { retireRevisions, saveCatalogue, setDeleting, setReady, setState } from "./catalogue.ts";
import { saveProof } from "./proofs.ts";
import { releaseGame } from "./release.ts";
import type { CatalogueRow } from "./types.ts";

const REVISIONS = ["00000000000000aa", "00000000000000bb", "00000000000000cc"] as const;

describe("saveCatalogue", () => {
  let database: TestDatabase;
  let game: TestGame;
  let row: CatalogueRow;

  before(async () => {
    database = await testDatabase();
    for (const revision of REVISIONS) {
      const code = { engine: "coin-flip", engineVersion: "1", engineDigest: "d" };
      const math = { config: {}, maxMultiplier: "49/25", proof: {} };
      await saveProof(database.db, { revision, ...code, ...math });
    }
  });
  beforeEach(async () => {
    game = await database.provision();
    const { name, namespace, uid } = game;
    const limits = { min: "25", max: "10000", step: "25", maxPayout: "1000000" };
    row = {
      ...{ name, namespace, uid, engine: "coin-flip", engineVersion: "1", title: "Coin flip" },
      ...{ revision: REVISIONS[0], config: { multiplier: "1.96" }, state: "Active" },
      ...{ stakes: [{ currency: "USD", digits: 2, ...limits }], openTimeoutSeconds: 86_400 },
      ...{ returns: [{ bet: {}, rtp: "49/50" }], path: `/games/${name}`, ready: false },
    };
  });
  after(() => database.drop());

  const stored = () =>
    withClient(database.url, async (client) => {
      const { rows } = await client.query(
        `SELECT title, revision, config, state, stakes, extract(epoch FROM open_timeout)::int AS timeout, returns, path,
                ready, deleting, xmin::text AS written FROM pitboss.games WHERE name = $1`,
        [game.name],
      );
      return rows[0];
    });

  it("writes the row once, and again only where something differs", async () => {
    assert.equal((await saveCatalogue(database.db, row)).changed, true);
    const { written, ...first } = await stored();
    const { title, revision, config, state, stakes, returns, path, ready } = row;
    assert.deepEqual(first, {
      ...{ title, revision, config, state, stakes, returns, path, ready },
      ...{ timeout: 86_400, deleting: false },
    });
    assert.equal((await saveCatalogue(database.db, row)).changed, false);
    assert.equal((await stored()).written, written);
    const renamed = { ...row, title: "Heads or tails", openTimeoutSeconds: 60 };
    assert.equal((await saveCatalogue(database.db, renamed)).changed, true);
    assert.equal((await stored()).title, "Heads or tails");
    assert.equal((await stored()).timeout, 60);
  });

  it("tells those who listen", async () => {
    await withClient(database.url, async (client) => {
      const heard: unknown[] = [];
      client.on("notification", ({ payload }) => heard.push(payload));
      await client.query("LISTEN pitboss_games");
      await saveCatalogue(database.db, row);
      await setState(database.db, game.name, "Draining");
      while (heard.length < 2) await sleep(10);
      assert.deepEqual(heard, [game.name, game.name]);
    });
  });

  it("sets state, readiness and deletion once each", async () => {
    await saveCatalogue(database.db, row);
    for (const changed of [true, false]) {
      assert.deepEqual(await setState(database.db, game.name, "Suspended"), { changed });
      assert.deepEqual(await setReady(database.db, game.name, true), { changed });
      assert.deepEqual(await setDeleting(database.db, game.name), { changed });
    }
    const { state, ready, deleting } = await stored();
    assert.deepEqual([state, ready, deleting], ["Suspended", true, true]);
    // The same Game stays a game that is being deleted, whatever else is saved of it.
    await saveCatalogue(database.db, { ...row, ready: true });
    assert.equal((await stored()).deleting, true);
  });

  it("writes nothing for a Game that does not own the schema", async () => {
    for (const other of [{ uid: "another" }, { namespace: "elsewhere" }]) {
      const saved = await saveCatalogue(database.db, { ...row, ...other });
      assert.deepEqual(saved, { changed: false, unbound: [] });
    }
    await releaseGame(database.db, game);
    assert.equal((await saveCatalogue(database.db, row)).changed, false);
    assert.equal(await stored(), undefined);
  });

  it("plays older revisions until they are retired", async () => {
    for (const revision of REVISIONS) await saveCatalogue(database.db, { ...row, revision });
    const played = () =>
      withClient(database.url, async (client) => {
        const { rows } = await client.query<{ revision: string }>(
          "SELECT revision FROM pitboss.game_revisions WHERE game = $1 ORDER BY revision",
          [game.name],
        );
        return rows.map(({ revision }) => revision);
      });
    assert.deepEqual(await played(), REVISIONS);
    const keep = [REVISIONS[0]];
    assert.deepEqual(await retireRevisions(database.db, game.name, keep), { changed: true });
    assert.deepEqual(await played(), [REVISIONS[0], REVISIONS[2]]);
    assert.deepEqual(await retireRevisions(database.db, game.name, keep), { changed: false });
  });
});

describe("setState and setDeleting", () => {
  it("bind at once, also for a pod that has not heard of it", async () => {
    const database = await testDatabase();
    const game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    const pod = await game.pod();
    const player = await game.player();
    const bet = () => pod.rounds.place(placeRequest(player, { side: "heads" }));
    assert.ok("created" in (await bet()));
    for (const [state, refused] of [
      ["Suspended", "game_suspended"],
      ["Draining", "game_draining"],
    ] as const) {
      await setState(database.db, game.name, state);
      const answer = await bet();
      assert.ok("refused" in answer && answer.refused === refused);
    }
    await setState(database.db, game.name, "Active");
    assert.ok("created" in (await bet()));
    await setDeleting(database.db, game.name);
    const answer = await bet();
    assert.ok("refused" in answer && answer.refused === "game_draining");
    await game.close();
    await database.drop();
  });
});
