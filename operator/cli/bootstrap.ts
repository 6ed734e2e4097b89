import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { bootstrap } from "../database/bootstrap.ts";
import { clientConfig, readSettings, whereOf } from "../database/connect.ts";
import type { DatabaseSettings } from "../database/types.ts";

// `node operator/cli/bootstrap.ts ADMIN OPERATOR LOBBY`: makes the database and the roles that the mounted Secrets
// OPERATOR and LOBBY name, as the user of the Secret ADMIN. Each is a folder with a file for each field.
const [admin, operator, lobby, ...rest] = process.argv.slice(2);
if (!admin || !operator || !lobby || rest.length > 0) {
  console.error("usage: node operator/cli/bootstrap.ts ADMIN_FOLDER OPERATOR_FOLDER LOBBY_FOLDER");
  process.exit(2);
}
try {
  await run(await settingsIn(admin), await settingsIn(operator), await settingsIn(lobby));
} catch (error) {
  // The cause too, which says what the server said; neither holds a password.
  console.error(error);
  process.exit(1);
}

async function run(
  master: DatabaseSettings,
  operatorAccess: DatabaseSettings,
  lobbyAccess: DatabaseSettings,
): Promise<void> {
  requireUser(operatorAccess, "pitboss_operator");
  requireUser(lobbyAccess, "pitboss_lobby");
  const { database, password: operatorPassword } = operatorAccess;
  if (lobbyAccess.database !== database) {
    throw new Error(`the lobby's Secret names another database than the operator's, ${database}`);
  }
  await as(master, async (client) => {
    const known = await client.query("SELECT FROM pg_database WHERE datname = $1", [database]);
    if (known.rowCount === 0)
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  });
  const passwords = { operatorPassword, lobbyPassword: lobbyAccess.password };
  await as({ ...master, database }, (client) => bootstrap(client, { database, ...passwords }));
  console.log(`the roles of Pitboss are there: ${whereOf({ ...master, database })}`);
}

function requireUser({ user }: DatabaseSettings, wanted: string): void {
  if (user !== wanted) throw new Error(`a Secret names the user ${user}; it must be ${wanted}`);
}

async function settingsIn(folder: string): Promise<DatabaseSettings> {
  const fields: Record<string, string> = {};
  // A mounted Secret also has folders of its own, whose names begin with two dots.
  for (const name of (await readdir(folder)).filter((one) => !one.startsWith("."))) {
    fields[name] = await readFile(join(folder, name), "utf8");
  }
  const settings = readSettings(fields);
  if ("ok" in settings) return settings.ok;
  throw new Error(`${folder}: ${settings.message}`);
}

async function as(
  settings: DatabaseSettings,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client(clientConfig(settings));
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
