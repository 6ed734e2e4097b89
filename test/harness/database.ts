import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import pg from "pg";
import { bootstrap } from "../../operator/database/bootstrap.ts";
import { connect } from "../../operator/database/connect.ts";
import { migrateShared } from "../../operator/database/migrate.ts";
import { provisionGame } from "../../operator/database/provision.ts";
import type {
  Database,
  DatabaseSettings,
  Problem,
  ProvisionRequest,
  Result,
} from "../../operator/database/types.ts";
import { testServer } from "./postgres.ts";

const ROOT = new URL("../../", import.meta.url);
const MIGRATIONS = new URL("runtime/sql/", ROOT);
const LIMITS = { platform: "pitboss", connections: 1000 };

// Roles belong to the server, so all clones share these two and their passwords.
const PASSWORDS = { operatorPassword: "test-operator", lobbyPassword: "test-lobby" };

/** A Game that was given its schema. */
export interface TestGame {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly schema: string;
  /** How the game's own role connects. */
  readonly settings: DatabaseSettings;
  readonly url: string;
}

/** A database of its own for one test file: bootstrap.sql and the shared migrations have run. */
export interface TestDatabase {
  /** As pitboss_operator. */
  readonly url: string;
  readonly superuserUrl: string;
  readonly lobbyUrl: string;
  readonly settings: DatabaseSettings;
  readonly db: Database;
  /** A Game name that no other test uses: game roles belong to the whole server. */
  gameName(prefix?: string): string;
  /** Gives a new Game its schema and role. */
  provision(name?: string, more?: Partial<ProvisionRequest>): Promise<TestGame>;
  /** Closes `db`, drops the database and the roles of its games. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Other migrations than runtime/sql; then nothing is migrated yet. */
  readonly migrations?: URL;
  readonly connections?: number;
}

/** Makes a clone of the template, which the first call makes. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const superuser = new URL((await testServer()).superuserUrl);
  const database = `pitboss_test_${randomBytes(6).toString("hex")}`;
  await withClient(superuser.href, async (client) => {
    // One at a time: the template must have no sessions, and bootstrap.sql writes to the server's roles.
    await client.query("SELECT pg_advisory_lock(hashtextextended('pitboss test template', 0))");
    const template = options.migrations === undefined ? await makeTemplate(client) : "template1";
    await client.query(`CREATE DATABASE ${database} TEMPLATE ${template}`);
    // A clone does not take over who may connect.
    await bootstrapIn(superuser, database);
  });
  const settings = settingsFor(superuser, database, "pitboss_operator", PASSWORDS.operatorPassword);
  const limits = { ...LIMITS, connections: options.connections ?? LIMITS.connections };
  const db = await open(settings, limits, options.migrations);
  const lobby = settingsFor(superuser, database, "pitboss_lobby", PASSWORDS.lobbyPassword);
  return {
    url: urlOf(settings),
    superuserUrl: inDatabase(superuser, database).href,
    lobbyUrl: urlOf(lobby),
    settings,
    db,
    gameName,
    provision: (name = gameName(), more = {}) => provision(db, name, more),
    drop: async () => {
      await db.close();
      await withClient(superuser.href, (client) => dropDatabase(client, database));
    },
  };
}

/** `ok` of a result, or an error that says what the problem was. */
export function expectOk<T>(result: Result<T>): T {
  if ("ok" in result) return result.ok;
  throw new Error(`${result.problem}: ${result.message}`);
}

/** Fails unless the result is this problem, said so. */
export function expectProblem(
  result: Result<unknown> | undefined,
  problem: Problem,
  message: RegExp,
): void {
  assert.ok(result !== undefined && "problem" in result, `expected ${problem}, not ok`);
  assert.equal(result.problem, problem, result.message);
  assert.match(result.message, message);
}

/** Runs `work` with a connection of its own. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export function urlOf(settings: DatabaseSettings): string {
  const { user, password, host, port, database } = settings;
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

function gameName(prefix = "game"): string {
  return `${prefix}-${randomBytes(5).toString("hex")}`;
}

async function provision(
  db: Database,
  name: string,
  more: Partial<ProvisionRequest>,
): Promise<TestGame> {
  const owner = { namespace: "casino", uid: crypto.randomUUID(), ...more, name };
  const password = more.password ?? randomBytes(16).toString("hex");
  const request = { connectionLimit: 10, ...owner, password };
  const { schema, role } = expectOk(await provisionGame(db, request));
  const settings = { ...db.settings, user: role, password };
  const { namespace, uid } = owner;
  return { name, namespace, uid, schema, settings, url: urlOf(settings) };
}

async function makeTemplate(client: pg.Client): Promise<string> {
  const name = `pitboss_template_${await digestOfSql()}`;
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
  if (rowCount === 1) return name;
  const superuser = new URL((await testServer()).superuserUrl);
  const making = `${name}_making`;
  await client.query(`DROP DATABASE IF EXISTS ${making} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${making}`);
  await bootstrapIn(superuser, making);
  const settings = settingsFor(superuser, making, "pitboss_operator", PASSWORDS.operatorPassword);
  const db = await open(settings, LIMITS);
  expectOk(await migrateShared(db));
  await db.close();
  // The name appears only once all is there.
  await client.query(`ALTER DATABASE ${making} RENAME TO ${name}`);
  return name;
}

async function digestOfSql(): Promise<string> {
  const hash = createHash("sha256");
  hash.update(await readFile(new URL("operator/database/bootstrap.sql", ROOT)));
  const shared = new URL("pitboss/", MIGRATIONS);
  for (const file of (await readdir(shared)).sort())
    hash.update(await readFile(new URL(file, shared)));
  return hash.digest("hex").slice(0, 12);
}

async function bootstrapIn(superuser: URL, database: string): Promise<void> {
  await withClient(inDatabase(superuser, database).href, (client) =>
    bootstrap(client, { database, ...PASSWORDS }),
  );
}

async function open(
  settings: DatabaseSettings,
  limits: Database["limits"],
  migrations: URL = MIGRATIONS,
): Promise<Database> {
  return expectOk(await connect(settings, limits, { migrations }));
}

async function dropDatabase(client: pg.Client, database: string): Promise<void> {
  await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
  const { rows } = await client.query<{ role: string }>(
    `SELECT quote_ident(rolname) AS role FROM pg_roles
      WHERE shobj_description(oid, 'pg_authid') LIKE 'pitboss in ' || $1 || ' %'`,
    [database],
  );
  for (const { role } of rows) await client.query(`DROP ROLE ${role}`);
}

function settingsFor(
  superuser: URL,
  database: string,
  user: string,
  password: string,
): DatabaseSettings {
  const { hostname: host, port } = superuser;
  return { host, port: Number(port), database, user, password };
}

function inDatabase(superuser: URL, database: string): URL {
  const url = new URL(superuser);
  url.pathname = `/${database}`;
  return url;
}
