import { randomBytes } from "node:crypto";
import pg from "pg";
import { bootstrap } from "../../operator/database/bootstrap.ts";
import type { Home } from "../home.ts";
import type { Postgres } from "../postgres.ts";
import type { DatabaseAccess } from "./platform-objects.ts";

const database = "pitboss";

/** Of the local server: room for two dozen games at the default budget of each. */
export const maxConnections = 600;
/** For the operator, the lobby, their listening, and people. */
const reservedConnections = 100;

/** Makes the platform's database and roles, as the bootstrap Job does on a managed PostgreSQL. */
export async function installDatabase(home: Home, server: Postgres): Promise<DatabaseAccess> {
  const passwords = home.keep("database-passwords", () => ({
    operatorPassword: randomBytes(24).toString("base64url"),
    lobbyPassword: randomBytes(24).toString("base64url"),
  }));
  await asSuperuser(server.superuserUrl, async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [
      database,
    ]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  });
  await asSuperuser(databaseUrl(server), (client) => bootstrap(client, { database, ...passwords }));
  const connections = maxConnections - reservedConnections;
  return { host: server.host, port: server.port, database, ...passwords, connections };
}

/** The superuser's URL of the platform's database, for a person who wants to look. */
export function databaseUrl(server: Postgres): string {
  const url = new URL(server.superuserUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function asSuperuser(
  connectionString: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString });
  // A connection that ends between two queries: the next query fails, and says so.
  client.on("error", () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
