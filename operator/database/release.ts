import type { PoolClient } from "pg";
import { schemaOf } from "./names.ts";
import { isRecorded, ownerOf } from "./ownership.ts";
import { lockRole } from "./role.ts";
import { inLockedSession, inTransaction } from "./session.ts";
import type { Database, Left, Owner, Result } from "./types.ts";

/**
 * Retain: the schema stays, its role is locked out, and the next Game of this name may take it over. A schema that
 * is another Game's is left alone.
 */
export function releaseGame(db: Database, owner: Owner): Promise<Result<Left>> {
  return inLockedSession(
    db,
    `releasing the schema of ${owner.name}`,
    `schema ${schemaOf(owner.name)}`,
    (client) => release(db, client, owner),
  );
}

async function release(db: Database, client: PoolClient, owner: Owner): Promise<Result<Left>> {
  if (!isRecorded(db, await ownerOf(client, owner.name), owner)) return { ok: "not-owner" };
  // Before the row says "released": after it another Game may come at any time.
  await lockRole(db, client, owner.name);
  await inTransaction(client, async () => {
    await client.query("DELETE FROM pitboss.games WHERE name = $1", [owner.name]);
    await client.query(
      "UPDATE pitboss.ownership SET released_at = now() WHERE game = $1 AND released_at IS NULL",
      [owner.name],
    );
  });
  return { ok: "released" };
}
