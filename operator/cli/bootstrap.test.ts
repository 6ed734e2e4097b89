import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase, urlOf, withClient } from "../../test/harness/database.ts";
import { testFolder } from "../../test/harness/session.ts";

const run = promisify(execFile);
const program = join(import.meta.dirname, "bootstrap.ts");

describe("operator/cli/bootstrap", () => {
  let database: TestDatabase;
  let folder: string;
  let name: string;

  before(async () => {
    database = await testDatabase();
    folder = (await testFolder()).path;
    name = `${database.settings.database}_job`;
  });
  after(async () => {
    await withClient(database.superuserUrl, (client) =>
      client.query(`DROP DATABASE IF EXISTS ${name}`),
    );
    await database.drop();
  });

  function secret(label: string, fields: Record<string, string>): string {
    const path = join(folder, label);
    mkdirSync(path, { recursive: true });
    for (const [key, value] of Object.entries(fields)) writeFileSync(join(path, key), `${value}\n`);
    return path;
  }

  function secrets(): [string, string, string] {
    const { host, port } = database.settings;
    const { username, password, pathname } = new URL(database.superuserUrl);
    const server = { host, port: String(port) };
    const master = { user: username, password: decodeURIComponent(password) };
    return [
      secret("admin", { ...server, ...master, database: pathname.slice(1) }),
      // The roles are the test server's, which other tests share: so are their passwords.
      secret("operator", {
        ...server,
        database: name,
        user: "pitboss_operator",
        password: database.settings.password,
      }),
      secret("lobby", {
        ...server,
        database: name,
        user: "pitboss_lobby",
        password: decodeURIComponent(new URL(database.lobbyUrl).password),
      }),
    ];
  }

  it("makes the database and its roles, as often as it is run", async () => {
    for (const _ of [1, 2]) {
      const { stdout } = await run(process.execPath, [program, ...secrets()]);
      assert.match(stdout, new RegExp(`Database ${name} at`));
    }
    await withClient(urlOf({ ...database.settings, database: name }), (client) =>
      client.query("CREATE SCHEMA pitboss"),
    );
  });

  it("refuses a Secret of another user, and one that lacks a field, by name", async () => {
    const [admin, operator, lobby] = secrets();
    await assert.rejects(run(process.execPath, [program, admin, lobby, operator]), {
      stderr: /names the user pitboss_lobby; it must be pitboss_operator/,
    });
    const empty = secret("empty", { host: "127.0.0.1" });
    await assert.rejects(run(process.execPath, [program, admin, empty, lobby]), {
      stderr: /lacks port, database, user, password/,
    });
  });
});
