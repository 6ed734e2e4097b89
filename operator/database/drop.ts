import type { PoolClient } from "pg";
import pg from "pg";
import { schemaOf } from "./names.ts";
import { isRecorded, ownerOf } from "./ownership.ts";
import { dropRole, lockRole } from "./role.ts";
import { inLockedSession, inTransaction } from "./session.ts";
import type { Database, Left, Owner, Result } from "./types.ts";

/** Rows of pitboss that speak of one game and mean nothing without its rounds. The ledger is not among them. */
const TABLES = ["keys", "payout_counters", "seed_keys", "games"];

/** A table of millions of rows is emptied in pieces, so that no transaction lives for minutes. */
const ROWS_AT_ONCE = 20_000;

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
  for (const table of TABLES) await empty(client, table, owner.name);
  await inTransaction(client, async () => {
    await client.query(
      `DROP SCHEMA IF EXISTS ${pg.escapeIdentifier(schemaOf(owner.name))} CASCADE`,
    );
    await dropRole(db, client, owner.name);
    await client.query("DELETE FROM pitboss.ownership WHERE game = $1", [owner.name]);
  });
  return { ok: "dropped" };
}

async function empty(client: PoolClient, table: string, game: string): Promise<void> {
  // A partitioned table's rows are told apart by their partition too.
  const remove = `DELETE FROM pitboss.${table} WHERE (tableoid, ctid) IN
    (SELECT tableoid, ctid FROM pitboss.${table} WHERE game = $1 LIMIT ${ROWS_AT_ONCE})`;
  for (;;) {
    const { rowCount } = await client.query(remove, [game]);
    if ((rowCount ?? 0) < ROWS_AT_ONCE) return;
  }
}
