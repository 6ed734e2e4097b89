import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import pg from "pg";
import { migrateSchema } from "./migrate.ts";
import { scramVerifier } from "./scram.ts";
import { inLockedSession, inTransaction } from "./session.ts";
import type { Database, Migrated, Result } from "./types.ts";

/** The schema in which the chains' agents keep what they know, and the role that all of them have. */
export const CHAIN_SCHEMA = "chain";
export const CHAIN_ROLE = "pitboss_chain_agent";

const DUPLICATE_OBJECT = "42710";
const UNIQUE_VIOLATION = "23505";

/**
 * Brings the agents' schema up to date; their role is there before, as the migrations grant it what it may do. With a
 * password the role may log in with it.
 */
export function migrateChain(db: Database, password?: string): Promise<Result<Migrated>> {
  return inLockedSession(db, "migrating schema chain", "schema chain", async (client) => {
    await ensureRole(client);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${CHAIN_SCHEMA}`);
    const migrated = await migrateSchema(db, client, CHAIN_SCHEMA, "chain");
    if ("ok" in migrated && password !== undefined) await letIn(db, client, password);
    return migrated;
  });
}

/** Roles belong to the whole server: another database's operator may be making it at this moment. */
async function ensureRole(client: PoolClient): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [CHAIN_ROLE]);
  if (rowCount !== 0) return;
  try {
    await client.query(`CREATE ROLE ${CHAIN_ROLE} NOLOGIN`);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code !== DUPLICATE_OBJECT && code !== UNIQUE_VIOLATION) throw error;
  }
}

async function letIn(db: Database, client: PoolClient, password: string): Promise<void> {
  const mark = markOf(db, password);
  const { rows } = await client.query<{ asWished: boolean }>(
    `SELECT rolcanlogin AND has_database_privilege(oid, current_database(), 'CONNECT')
            AND shobj_description(oid, 'pg_authid') = $2 AS "asWished" FROM pg_roles WHERE rolname = $1`,
    [CHAIN_ROLE, mark],
  );
  if (rows[0]?.asWished === true) return;
  const verifier = pg.escapeLiteral(await scramVerifier(password));
  await inTransaction(client, async () => {
    // As for the games' roles: all are let in by one row of the catalog.
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('roles', 0))");
    const database = pg.escapeIdentifier(db.settings.database);
    await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${CHAIN_ROLE}`);
    await client.query(`ALTER ROLE ${CHAIN_ROLE} LOGIN PASSWORD ${verifier}`);
    await client.query(`COMMENT ON ROLE ${CHAIN_ROLE} IS ${pg.escapeLiteral(mark)}`);
  });
}

// Only a superuser can read which password a role has; the mark tells without telling it.
function markOf(db: Database, password: string): string {
  const digest = createHash("sha256").update(`${CHAIN_ROLE}:${password}`).digest("hex");
  return `agents of pitboss in ${db.settings.database} password ${digest.slice(0, 32)}`;
}
