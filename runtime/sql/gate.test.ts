import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { compile } from "../../games/play.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import {
  created,
  type ListedGame,
  listedGame,
  placeRequest,
  usd,
} from "../../test/harness/game.ts";
import type { OpenGame, PlaceRequest } from "../types.ts";

const bet = { side: "heads" };

describe("what the operator decides binds each round at its commit", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let pod: OpenGame;
  let limited: string[];

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    pod = await game.pod({ hooks: { payoutLimited: (currency) => limited.push(currency) } });
    limited = [];
  });

  afterEach(() => set({ state: "Active", deleting: false, stakes: JSON.stringify([usd]) }));

  after(async () => {
    await game.close();
    await database.drop();
  });

  async function set(values: Record<string, unknown>): Promise<void> {
    const columns = Object.keys(values).map((name, i) => `${name} = $${i + 2}`);
    const text = `UPDATE pitboss.games SET ${columns.join()} WHERE name = $1`;
    await game.operator.query(text, [game.name, ...Object.values(values)]);
  }

  async function refusalOf(player: string, more: Partial<PlaceRequest> = {}) {
    const placed = await pod.rounds.place(placeRequest(player, bet, more));
    return "refused" in placed ? placed.refused : "nothing";
  }

  async function rounds(): Promise<number> {
    const { rows } = await game.operator.query(
      `SELECT count(*)::int AS n FROM "${game.schema}".rounds`,
    );
    return rows[0].n;
  }

  for (const [values, refused] of [
    [{ state: "Suspended" }, "game_suspended"],
    [{ state: "Draining" }, "game_draining"],
    [{ deleting: true }, "game_draining"],
  ] as const) {
    it(`refuses new rounds after ${JSON.stringify(values)}, and still answers for old keys`, async () => {
      const player = await game.player();
      const request = placeRequest(player, bet);
      const round = created(await pod.rounds.place(request));
      await set(values);
      assert.equal(await refusalOf(player), refused);
      assert.deepEqual(await pod.rounds.place(request), { replayed: round });
    });
  }

  it("commits no round after the suspension was committed, however busy the game is", async () => {
    const players = await Promise.all(Array.from({ length: 20 }, () => game.player()));
    const pods = [pod, await game.pod(), await game.pod()];
    let suspended = false;
    const storm = players.map(async (player, i) => {
      while ((await pods[i % 3]?.rounds.place(placeRequest(player, bet))) && !suspended);
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await set({ state: "Suspended" });
    const counted = await rounds();
    suspended = true;
    await Promise.all(storm);
    assert.ok(counted > 20);
    assert.equal(await rounds(), counted);
  });

  it("takes new limits at once", async () => {
    const player = await game.player();
    await set({ stakes: JSON.stringify([{ ...usd, max: "75", maxPayout: "100" }]) });
    assert.equal(await refusalOf(player), "stake_limits");
    assert.equal(await refusalOf(player, { stake: 75n }), "stake_over_exposure");
    assert.equal(await refusalOf(player, { stake: 50n }), "nothing");
  });

  it("tells the catalogue as it was changed, without asking", async () => {
    await set({ title: "Heads or tails" });
    const until = Date.now() + 2_000;
    while (pod.catalogue().title !== "Heads or tails" && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(pod.catalogue().title, "Heads or tails");
  });

  it("plays the revision before, with its own limits, until it is retired", async () => {
    const player = await game.player();
    const next = compile(game.compiled.engine, { multiplier: "1.98" });
    assert.ok("revision" in next);
    await game.operator.query(
      `INSERT INTO pitboss.revisions (revision, engine, engine_version, config, max_multiplier)
        SELECT $1, engine, engine_version, $2, '99/50' FROM pitboss.revisions WHERE revision = $3`,
      [next.revision, next.config, game.compiled.revision],
    );
    await set({
      revision: next.revision,
      stakes: JSON.stringify([{ ...usd, max: "50", maxPayout: "99" }]),
    });
    assert.equal(await refusalOf(player), "nothing");
    await game.operator.query("SELECT pitboss.retire_revisions($1, '{}')", [game.name]);
    assert.equal(await refusalOf(player, { stake: 50n }), "revision_retired");
    await set({ revision: game.compiled.revision });
    assert.equal(await refusalOf(player, { stake: 50n }), "nothing");
  });

  it("refuses new rounds for the rest of a minute in which the game lost too much, and raises the alarm", async () => {
    const player = await game.player();
    // This minute and the next, so that the test does not depend on the clock.
    await game.operator.query(
      `INSERT INTO pitboss.counters
        SELECT $1, date_bin('1 minute', now() + more, '2000-01-01Z'), 0, 'USD', $2, 1, 0, 200000000, 0, 0, 0, 0
          FROM unnest(ARRAY['0 minutes', '1 minute']::interval[]) AS more`,
      [game.name, game.compiled.revision],
    );
    const placed = await pod.rounds.place(placeRequest(player, bet));
    assert.ok("refused" in placed);
    assert.equal(placed.refused, "payout_limit");
    assert.ok(placed.retryAfter !== undefined && placed.retryAfter > 0);
    assert.deepEqual(limited, ["USD"]);
    await set({ loss_limits: { USD: "900000000" } });
    assert.equal(await refusalOf(player), "nothing");
    await game.operator.query("DELETE FROM pitboss.counters WHERE game = $1 AND backend = 0", [
      game.name,
    ]);
  });
});
