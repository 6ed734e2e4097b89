import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { crashingDatabase } from "../../test/harness/crashing-database.ts";
import {
  expectOk,
  expectProblem,
  type TestDatabase,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { endState } from "../../test/harness/end-state.ts";
import { migrateShared, migrationsOf } from "./migrate.ts";
import { provisionGame } from "./provision.ts";

describe("migrateShared", () => {
  const MIGRATIONS = new URL("../../runtime/sql/", import.meta.url);
  let database: TestDatabase;

  // With another folder given nothing has been migrated yet, be it the same one.
  beforeEach(async () => {
    database = await testDatabase({ migrations: MIGRATIONS });
  });
  afterEach(() => database.drop());

  it("runs every migration once, in order", async () => {
    const known = await migrationsOf(database.db, "pitboss");
    assert.deepEqual(expectOk(await migrateShared(database.db)), { migrations: known, ran: known });
    assert.deepEqual(expectOk(await migrateShared(database.db)), { migrations: known, ran: [] });
  });

  it("is done by one of two operators, while the other waits", async () => {
    // On a slow machine the one who waits is told to come again, and does.
    const persistent = async (): ReturnType<typeof migrateShared> => {
      const result = await migrateShared(database.db);
      return "problem" in result && result.problem === "MigrationLocked" ? persistent() : result;
    };
    const results = await Promise.all([persistent(), persistent()]);
    const known = await migrationsOf(database.db, "pitboss");
    const ran = results.map((result) => expectOk(result).ran.length).sort();
    assert.deepEqual(ran, [0, known.length]);
  });

  it("tells an operator to come again where another takes too long", async () => {
    await withClient(database.url, async (other) => {
      await other.query("SELECT pg_advisory_lock(hashtextextended('schema pitboss', 0))");
      expectProblem(await migrateShared(database.db), "MigrationLocked", /Somebody else/);
    });
    expectOk(await migrateShared(database.db));
  });

  it("is not held up by an operator that died at any statement", async function () {
    this.timeout(300_000);
    const counting = crashingDatabase(database.db);
    expectOk(await migrateShared(counting.db));
    for (let last = 1; last <= counting.count(); last++) {
      await withClient(database.url, (client) =>
        client.query("DROP SCHEMA IF EXISTS pitboss CASCADE"),
      );
      await assert.rejects(migrateShared(crashingDatabase(database.db, last).db), /it died after/);
      const { migrations } = expectOk(await migrateShared(database.db));
      assert.deepEqual(migrations, await migrationsOf(database.db, "pitboss"), `after ${last}`);
    }
  });
});

describe("a game's migrations", () => {
  let database: TestDatabase;
  let folder: string;

  before(async () => {
    database = await testDatabase();
    folder = await mkdtemp(join(tmpdir(), "pitboss-migrations-"));
    await cp(new URL("../../runtime/sql/", import.meta.url), folder, { recursive: true });
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await database.drop();
  });

  const withFolder = () => ({ ...database.db, migrations: pathToFileURL(`${folder}/`) });

  it("leaves a schema as it was when a migration fails, and says which", async () => {
    const game = await database.provision();
    const request = { ...game, password: game.settings.password, connectionLimit: 10 };
    const before = await endState(database, game.name);
    const bad = join(folder, "game/9001-bad.sql");
    await writeFile(join(folder, "game/9000-good.sql"), "CREATE TABLE extra (id int);");
    await writeFile(bad, "CREATE TABLE more (id int);\nSELECT no_such_column FROM more;");
    const result = await provisionGame(withFolder(), request);
    expectProblem(result, "MigrationFailed", /9001-bad of schema .*no_such_column/);
    assert.deepEqual(await endState(database, game.name), before);
    await rm(bad);
    assert.deepEqual(expectOk(await provisionGame(withFolder(), request)).ran, ["9000-good"]);
    // This version's folder lacks the one that ran last: a newer Pitboss was here.
    expectProblem(await provisionGame(database.db, request), "SchemaNewer", /9000-good/);
  });

  it("gives way to sessions that hold a table", async () => {
    const game = await database.provision();
    const request = { ...game, password: game.settings.password, connectionLimit: 10 };
    await writeFile(join(folder, "game/9002-wide.sql"), "ALTER TABLE rounds ADD COLUMN extra int;");
    await withClient(database.superuserUrl, async (client) => {
      await client.query("BEGIN");
      await client.query(`SELECT FROM "${game.schema}".rounds`);
      const result = await provisionGame(withFolder(), request);
      expectProblem(result, "MigrationLocked", /in use/);
      await client.query("ROLLBACK");
    });
    expectOk(await provisionGame(withFolder(), request));
  });
});
