import type { PoolClient } from "pg";
import pg from "pg";
import { schemaOf } from "./names.ts";
import { isRecorded, ownerOf } from "./ownership.ts";
import { dropRole, lockRole } from "./role.ts";
import { inLockedSession, inTransaction } from "./session.ts";
import type { Database, Left, Owner, Result } from "./types.ts";

/** Rows of pitboss that speak of one game and mean nothing without its rounds. The ledger is not among them. */
const TABLES = ["counters", "totals", "return_breaches", "return_baselines", "seed_keys"];

/**
 * Delete: schema and role go, with keys and seeds; the ledger stays, for money is never forgotten. The ownership row
 * goes last, so that a crash leaves someone who answers for the rest. A schema that is another Game's is left alone.
 */
export function dropGame(db: Database, owner: Owner): Promise<Result<Left>> {
  return inLockedSession(
    db,
    `dropping the schema of ${owner.name}`,
    `schema ${schemaOf(owner.name)}`,
    (client) => drop(db, client, owner),
  );
}

async function drop(db: Database, client: PoolClient, owner: Owner): Promise<Result<Left>> {
  const row = await ownerOf(client, owner.name);
  if (row === null) return { ok: "dropped" };
  if (!isRecorded(db, row, owner)) return { ok: "not-owner" };
  await lockRole(db, client, owner.name);
  await client.query("DELETE FROM pitboss.games WHERE name = $1", [owner.name]);
  await dropKeys(client, owner.name);
  for (const table of TABLES) {
    await client.query(`DELETE FROM pitboss.${table} WHERE game = $1`, [owner.name]);
  }
  await inTransaction(client, async () => {
    await client.query(
      `DROP SCHEMA IF EXISTS ${pg.escapeIdentifier(schemaOf(owner.name))} CASCADE`,
    );
    await dropRole(db, client, owner.name);
    await client.query("DELETE FROM pitboss.ownership WHERE game = $1", [owner.name]);
  });
  return { ok: "dropped" };
}

/** There may be millions, so partition by partition: no transaction lives for minutes. */
async function dropKeys(client: PoolClient, game: string): Promise<void> {
  const { rows } = await client.query<{ part: string }>(
    "SELECT relid::text AS part FROM pg_partition_tree('pitboss.keys') WHERE isleaf",
  );
  for (const { part } of rows) await client.query(`DELETE FROM ${part} WHERE game = $1`, [game]);
}
