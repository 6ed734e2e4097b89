import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type MountedSecret, mountSecret } from "../runtime/testing-secret.ts";
import { type TestDatabase, testDatabase, withClient } from "../test/harness/database.ts";
import { Cable } from "../test/harness/process.ts";
import { Database } from "./database.ts";

describe("the agents' database", () => {
  const role = `agent_${randomBytes(4).toString("hex")}`;
  let platform: TestDatabase;
  let secret: MountedSecret;
  let cable: Cable;
  let database: Database;

  before(async () => {
    platform = await testDatabase();
    await asSuperuser(`CREATE ROLE ${role} LOGIN PASSWORD 'first'`);
    await asSuperuser(`GRANT CONNECT ON DATABASE ${platform.settings.database} TO ${role}`);
    cable = new Cable(platform.settings.host, platform.settings.port);
    await cable.mend();
    const url = new URL(platform.url);
    Object.assign(url, { username: role, password: "first", hostname: "127.0.0.1" });
    url.port = String(cable.port);
    secret = await mountSecret(url.href);
    database = await open();
  });
  after(async () => {
    await database?.stop();
    cable?.cut();
    await secret?.remove();
    if (platform !== undefined) await asSuperuser(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await platform?.drop();
  });

  const asSuperuser = (text: string) =>
    withClient(platform.superuserUrl, (client) => client.query(text));
  const open = () =>
    Database.open({ directory: secret.directory, connections: 2, application: "agent test" });

  it("gives money and heights as bigint, and rolls back what throws", async () => {
    const [row] = await database.query("SELECT 5::bigint AS height, 10::numeric(78, 0) AS amount");
    assert.deepEqual(row, { height: 5n, amount: 10n });
    await assert.rejects(
      database.transaction(async (session) => {
        await session.query("SELECT set_config('my.setting', 'x', true)");
        throw new Error("on purpose");
      }),
      { message: "on purpose" },
    );
    const [setting] = await database.query("SELECT current_setting('my.setting', true) AS is");
    assert.notEqual(setting.is, "x");
  });

  it("says that it is away, and goes on when it is back", async () => {
    cable.cut();
    await assert.rejects(database.query("SELECT 1"), { reason: "DATABASE_AWAY" });
    assert.equal(database.up, false);
    await cable.mend();
    assert.deepEqual(await database.query("SELECT 1 AS one"), [{ one: 1 }]);
    assert.equal(database.up, true);
  });

  it("takes a new password up with the next connection", async () => {
    await asSuperuser(`ALTER ROLE ${role} PASSWORD 'second'`);
    cable.cut();
    await cable.mend();
    await assert.rejects(database.query("SELECT 1"), { reason: "DATABASE_AWAY" });
    await writeFile(join(secret.directory, "password"), "second");
    assert.deepEqual(await database.query("SELECT 1 AS one"), [{ one: 1 }]);
  });

  it("names what a Secret lacks", async () => {
    await rm(join(secret.directory, "user"));
    await assert.rejects(open(), /lacks one of host, port, database, user, password/);
  });
});
