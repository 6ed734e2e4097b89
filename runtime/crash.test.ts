import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { created, type ListedGame, listedGame, placeRequest } from "../test/harness/game.ts";
import { isDatabaseAway } from "./database.ts";
import type { OpenGame, PlaceRequest, RoundView } from "./types.ts";

const bet = { side: "heads" };

describe("when sessions of the database are lost", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let pod: OpenGame;
  let superuser: pg.Pool;

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    pod = await game.pod();
    superuser = new pg.Pool({ connectionString: database.superuserUrl, max: 2 });
    superuser.on("error", () => undefined);
  });

  after(async () => {
    await superuser.end();
    await game.close();
    await database.drop();
  });

  async function killSessions(where = "true", atMost = 100): Promise<number> {
    const { rows } = await superuser.query(
      `SELECT pg_terminate_backend(pid) FROM
        (SELECT pid FROM pg_stat_activity WHERE usename = $1 AND ${where} ORDER BY random() LIMIT $2) AS chosen`,
      [game.schema, atMost],
    );
    return rows.length;
  }

  /** As a client does: the same key again until it is answered. */
  async function insist(request: PlaceRequest): Promise<RoundView> {
    for (;;) {
      try {
        const placed = await pod.rounds.place(request);
        return "replayed" in placed ? placed.replayed : created(placed);
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        await sleep(10);
      }
    }
  }

  it("a round that was cut off in the middle was not played, and its key plays it once", async () => {
    const player = await game.player(1000);
    const request = placeRequest(player, bet);
    const holder = await game.operator.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT FROM pitboss.balances WHERE player = $1 FOR UPDATE", [player]);
    const cut = assert.rejects(pod.rounds.place(request), { name: "DatabaseAway" });
    while ((await killSessions("wait_event_type = 'Lock'")) === 0) await sleep(5);
    await cut;
    await holder.query("ROLLBACK");
    holder.release();
    assert.equal((await pod.pairs.current(player)).nonce, 0);
    const round = await insist(request);
    assert.equal(round.fairness.nonce, 0);
    assert.deepEqual(await pod.rounds.place(request), { replayed: round });
  });

  it("each key is one round, whenever its sessions die", async () => {
    const players = await Promise.all(Array.from({ length: 30 }, () => game.player()));
    const wave = () =>
      players.flatMap((player) => Array.from({ length: 10 }, () => placeRequest(player, bet)));
    let playing = true;
    let killed = 0;
    const killer = (async () => {
      while (playing) {
        killed += await killSessions("query LIKE '%play(%'", 1);
        await sleep(25);
      }
    })();
    const rounds: RoundView[] = [];
    let waves = 0;
    // A fast machine plays a wave between two looks of the killer.
    for (; killed <= 5; waves++) rounds.push(...(await Promise.all(wave().map(insist))));
    playing = false;
    await killer;
    assert.equal(new Set(rounds.map(({ id }) => id)).size, waves * 300);
    const { rows } = await game.operator.query(
      `SELECT r.player, count(*)::int AS played, max(p.nonce)::int AS nonce
         FROM "${game.schema}".rounds r JOIN "${game.schema}".seed_pairs p ON p.id = r.pair
        WHERE r.player = ANY ($1) GROUP BY r.player`,
      [players],
    );
    assert.equal(rows.length, 30);
    for (const { played, nonce } of rows) {
      assert.deepEqual([played, nonce], [waves * 10, waves * 10]);
    }
    const books = await game.operator.query("SELECT * FROM pitboss.wrong_balances");
    assert.deepEqual(books.rows, []);
  });

  it("the pod says so, and is ready again after the next answer", async () => {
    await killSessions();
    const player = await game.player();
    await insist(placeRequest(player, bet));
    assert.equal(pod.ready(), true);
  });

  it("changes of the catalogue are heard again", async () => {
    await killSessions();
    await game.operator.query("UPDATE pitboss.games SET title = 'Heard' WHERE name = $1", [
      game.name,
    ]);
    const until = Date.now() + 8_000;
    while (pod.catalogue().title !== "Heard" && Date.now() < until) await sleep(20);
    assert.equal(pod.catalogue().title, "Heard");
  });
});
