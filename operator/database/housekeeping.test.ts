import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase, withClient } from "../../test/harness/database.ts";
import { housekeeping } from "./housekeeping.ts";
import { claim } from "./ownership.ts";
import { releaseGame } from "./release.ts";
import { inSession } from "./session.ts";

describe("housekeeping", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const months = (table: string) =>
    withClient(database.superuserUrl, async (client) => {
      const { rows } = await client.query<{ months: number }>(
        "SELECT count(*)::int AS months FROM pg_inherits WHERE inhparent = $1::regclass",
        [table],
      );
      return rows[0]?.months ?? 0;
    });

  it("makes the partitions of the months ahead again, for the ledger and every live game", async () => {
    const live = await database.provision();
    const released = await database.provision();
    await releaseGame(database.db, released);
    // Claimed, and then the operator died: there is nothing to keep yet.
    const unmade = { namespace: "casino", name: database.gameName(), uid: "u" };
    await inSession(database.db, "claiming", (client) =>
      claim(database.db, client, { ...unmade, password: "p", connectionLimit: 1 }),
    );
    const tables = ["pitboss.transfers", ...[live, released].map((it) => `"${it.schema}".rounds`)];
    const before = await Promise.all(tables.map(months));
    await withClient(database.superuserUrl, async (client) => {
      for (const table of tables) {
        const { rows } = await client.query<{ last: string }>(
          "SELECT max(inhrelid::regclass::text) AS last FROM pg_inherits WHERE inhparent = $1::regclass",
          [table],
        );
        await client.query(`DROP TABLE ${rows[0]?.last}`);
      }
    });
    await housekeeping(database.db);
    const [ledger, playing, left] = await Promise.all(tables.map(months));
    assert.deepEqual([ledger, playing, left], [before[0], before[1], (before[2] ?? 0) - 1]);
  });
});
