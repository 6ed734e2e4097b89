import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { type ListedGame, listedGame } from "../test/harness/game.ts";

describe("the catalogue", () => {
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

  it("is waited for: a pod may start before the operator has listed its game", async () => {
    const { rows } = await game.operator.query(
      "DELETE FROM pitboss.games g WHERE name = $1 RETURNING to_jsonb(g) AS row",
      [game.name],
    );
    const opening = game.pod();
    const first = await Promise.race([opening, sleep(200, "still waiting")]);
    assert.equal(first, "still waiting");
    await game.operator.query(
      "INSERT INTO pitboss.games SELECT * FROM jsonb_populate_record(NULL::pitboss.games, $1)",
      [rows[0].row],
    );
    const pod = await opening;
    const { name, engine, state, stakes, openTimeoutSeconds } = pod.catalogue();
    assert.deepEqual([name, engine, state], [game.name, "coin-flip", "Active"]);
    assert.deepEqual(stakes, [
      { currency: "USD", digits: 2, min: 25n, max: 10_000n, step: 25n, maxPayout: 1_000_000n },
    ]);
    assert.equal(openTimeoutSeconds, 86_400);
  });

  it("has tables for the months ahead, made once however many pods ask", async () => {
    await Promise.all(
      Array.from({ length: 5 }, () => game.operator.query(`SELECT "${game.schema}".housekeep()`)),
    );
    const { rows } = await game.operator.query(
      `SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = $1::regclass ORDER BY 1`,
      [`"${game.schema}".rounds`],
    );
    assert.equal(rows.length, 3);
    const [month] = rows;
    const begin = Date.parse(`${month.name.slice(-7).replace("_", "-")}-01T00:00:00Z`);
    const hex = begin.toString(16).padStart(12, "0");
    const id = `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
    assert.ok(month.bound.startsWith(`FOR VALUES FROM ('${id}')`), month.bound);
  });

  it("makes a partition that is missing, beside those that hold rounds", async () => {
    const parent = `"${game.schema}".rounds`;
    const { rows } = await game.operator.query(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1 DESC",
      [parent],
    );
    await game.operator.query(`DROP TABLE ${rows[0].name}`);
    const pod = await game.pod();
    const until = Date.now() + 5_000;
    const there = async () =>
      (await game.operator.query("SELECT to_regclass($1) IS NOT NULL AS there", [rows[0].name]))
        .rows[0].there;
    while (!(await there()) && Date.now() < until) await sleep(20);
    assert.equal(await there(), true);
    await pod.sweep();
  });
});
