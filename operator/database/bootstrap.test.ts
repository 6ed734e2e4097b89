import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase, urlOf, withClient } from "../../test/harness/database.ts";
import { bootstrap, bootstrapSql } from "./bootstrap.ts";

const PASSWORDS = { operatorPassword: "test-operator", lobbyPassword: "test-lobby" };

describe("bootstrap.sql", () => {
  let database: TestDatabase;

  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  it("makes an operator that may make roles and schemas and is no superuser", async () => {
    await withClient(database.url, async (client) => {
      const { rows } = await client.query(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication FROM pg_roles WHERE rolname = current_user",
      );
      assert.deepEqual(rows, [
        {
          rolsuper: false,
          rolcreaterole: true,
          rolcreatedb: false,
          rolbypassrls: false,
          rolreplication: false,
        },
      ]);
      const grant = await client.query("SHOW createrole_self_grant");
      assert.equal(grant.rows[0].createrole_self_grant, "set, inherit");
    });
  });

  it("runs again without a fault and takes new passwords", async () => {
    const { database: name } = database.settings;
    await withClient(database.superuserUrl, async (client) => {
      await bootstrap(client, { database: name, ...PASSWORDS });
      await bootstrap(client, { database: name, ...PASSWORDS });
    });
    await withClient(database.lobbyUrl, (client) =>
      client.query("SELECT code FROM pitboss.currencies"),
    );
  });

  it("lets no other role connect, make temporary tables, or create in schema public", async () => {
    const { database: name } = database.settings;
    await withClient(database.superuserUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT has_database_privilege('public', $1, 'CONNECT') AS connect, has_database_privilege('public', $1, 'TEMP') AS temp,
                has_schema_privilege('public', 'public', 'CREATE') AS make`,
        [name],
      );
      assert.deepEqual(rows, [{ connect: false, temp: false, make: false }]);
    });
  });

  it("holds no password in its statements", async () => {
    const sql = await bootstrapSql({
      database: 'odd "name"',
      operatorPassword: "tell-nobody",
      lobbyPassword: "tell-nobody-either",
    });
    assert.doesNotMatch(sql, /tell-nobody/);
    assert.match(sql, /ON DATABASE "odd ""name""" FROM PUBLIC/);
  });

  it("runs as the master user of a managed server, who is no superuser", async () => {
    const master = database.gameName("master").replaceAll("-", "_");
    const name = `${database.settings.database}_managed`;
    await withClient(database.superuserUrl, async (client) => {
      await client.query(`CREATE ROLE ${master} LOGIN CREATEROLE CREATEDB PASSWORD 'm'`);
      // There the roles are the master's own; here they are there before it.
      await client.query(
        `GRANT pitboss_operator, pitboss_lobby, pitboss_sequencer TO ${master} WITH ADMIN TRUE, INHERIT FALSE`,
      );
      await client.query(`CREATE DATABASE ${name} OWNER ${master}`);
    });
    const url = urlOf({ ...database.settings, database: name, user: master, password: "m" });
    await withClient(url, (client) => bootstrap(client, { database: name, ...PASSWORDS }));
    await withClient(urlOf({ ...database.settings, database: name }), (client) =>
      client.query("CREATE SCHEMA pitboss"),
    );
    await withClient(database.superuserUrl, async (client) => {
      await client.query(`DROP DATABASE ${name}`);
      await client.query(
        `REVOKE pitboss_operator, pitboss_lobby, pitboss_sequencer FROM ${master} CASCADE`,
      );
      await client.query(`DROP ROLE ${master}`);
    });
  });
});
