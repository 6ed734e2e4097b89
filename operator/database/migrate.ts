import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import type { PoolClient } from "pg";
import pg from "pg";
import { inLockedSession, isLockTimeout } from "./session.ts";
import type { Database, Failure, Migrated, Result } from "./types.ts";

/** Numbered plain SQL files: of the platform, of each game's schema, and of the chains' agents. */
export type MigrationKind = "pitboss" | "game" | "chain";

/** The agents' files lie beside the agent, not with the ledger's. */
function folderOf(db: Database, kind: MigrationKind): URL {
  const place = kind === "chain" ? "../../chain-agent/sql/" : `${kind}/`;
  return new URL(place, db.migrations);
}

/** Brings the platform's own schema up to date. The leader runs it before its controllers start. */
export function migrateShared(db: Database): Promise<Result<Migrated>> {
  return inLockedSession(db, "migrating schema pitboss", "schema pitboss", async (client) => {
    // The functions that players' sessions may call are granted one by one.
    await client.query("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC");
    await client.query("CREATE SCHEMA IF NOT EXISTS pitboss");
    return migrateSchema(db, client, "pitboss", "pitboss");
  });
}

/**
 * Runs the migrations that `schema` lacks, all in one transaction: a failure leaves the schema as it was. The caller
 * holds the schema's advisory lock.
 */
export async function migrateSchema(
  db: Database,
  client: PoolClient,
  schema: string,
  kind: MigrationKind,
): Promise<Result<Migrated>> {
  const known = await migrationsOf(db, kind);
  const applied = await appliedTo(client, schema);
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length > 0) return schemaNewer(schema, newer);
  const pending = known.slice(applied.length);
  if (pending.length === 0) return { ok: { migrations: applied, ran: [] } };
  const failure = await run(client, schema, kind, folderOf(db, kind));
  return failure ?? { ok: { migrations: known, ran: pending } };
}

/** The migrations that this version of Pitboss has, in order. */
export async function migrationsOf(db: Database, kind: MigrationKind): Promise<string[]> {
  const files = await readdir(folderOf(db, kind));
  return files
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.slice(0, -".sql".length))
    .sort();
}

/** The migrations that a schema has had, in order; none where the schema is not there. */
export async function appliedTo(client: PoolClient, schema: string): Promise<string[]> {
  const table = `${pg.escapeIdentifier(schema)}.migrations`;
  const { rows } = await client.query("SELECT to_regclass($1) IS NOT NULL AS there", [table]);
  if (rows[0].there !== true) return [];
  const applied = await client.query<{ name: string }>(`SELECT name FROM ${table} ORDER BY id`);
  return applied.rows.map((row) => row.name);
}

async function run(
  client: PoolClient,
  schema: string,
  kind: MigrationKind,
  folder: URL,
): Promise<Failure | null> {
  let current = "";
  // node-pg-migrate says which file it is at in its log only.
  const note = (message: string): void => {
    current = /^### MIGRATION (\S+)/.exec(message)?.[1] ?? current;
  };
  try {
    await runner({
      dbClient: client,
      direction: "up",
      dir: fileURLToPath(folder),
      ignorePattern: ".*(?<!\\.sql)",
      schema: kind === "game" ? [schema, "pitboss", "pg_temp"] : [schema, "pg_temp"],
      migrationsSchema: schema,
      migrationsTable: "migrations",
      singleTransaction: true,
      noLock: true,
      logger: { info: note, warn: note, error: note },
    });
    return null;
  } catch (error) {
    if (isLockTimeout(error)) return locked(schema, current);
    if (isStatementError(error)) return failed(schema, current, error);
    throw error;
  }
}

/** An SQLSTATE that speaks of the statement, not of the connection to the server. */
function isStatementError(error: unknown): error is Error {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|57P|53300)/.test(code);
}

function schemaNewer(schema: string, newer: readonly string[]): Failure {
  const message = `Schema ${schema} has migrations that this version does not know (${newer.join(", ")}): a newer Pitboss made it. Deploy that version again, or restore the database from before it.`;
  return { problem: "SchemaNewer", message };
}

function failed(schema: string, migration: string, error: Error): Failure {
  const message = `Migration ${migration} of schema ${schema} failed: ${error.message}. The schema is as it was before. Correct what the message names; it is tried again.`;
  return { problem: "MigrationFailed", message };
}

function locked(schema: string, migration: string): Failure {
  const message = `Migration ${migration} of schema ${schema} waits for tables that are in use; it is tried again.`;
  return { problem: "MigrationLocked", message };
}
