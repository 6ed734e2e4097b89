import pg from "pg";
import { schemaOf } from "./names.ts";
import { inSession } from "./session.ts";
import type { Database } from "./types.ts";

/**
 * What the tables need from time to time, a few times a day at least: partitions for the months ahead, and minutes
 * that are over folded into totals. Does nothing where there is nothing to do.
 */
export function housekeeping(db: Database): Promise<void> {
  return inSession(db, "keeping the tables in order", async (client) => {
    // Also where there is no game yet: the cashier moves money.
    await client.query("SELECT pitboss.add_partitions('pitboss.transfers')");
    const { rows } = await client.query<{ game: string }>(
      `SELECT game FROM pitboss.ownership
        WHERE platform = $1 AND released_at IS NULL
          AND to_regprocedure(quote_ident('game_' || game) || '.housekeep()') IS NOT NULL
        ORDER BY game`,
      [db.limits.platform],
    );
    for (const { game } of rows) {
      await client.query(`SELECT ${pg.escapeIdentifier(schemaOf(game))}.housekeep()`);
    }
  });
}
