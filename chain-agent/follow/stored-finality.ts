import type { Database } from "../database.ts";
import type { FinalityStore } from "./finality-store.ts";

/** What every agent of a chain knows of finality, in PostgreSQL. */
export function storedFinality(database: Database, chainId: string): FinalityStore {
  return {
    async checkpoint() {
      const [row] = await database.query(
        "SELECT height, hash FROM chain.checkpoints WHERE chain = $1",
        [chainId],
      );
      return row;
    },
    async advance({ height, hash }) {
      await database.query("SELECT chain.advance_checkpoint($1, $2, $3)", [chainId, height, hash]);
    },
    async violation() {
      const [row] = await database.query(
        `SELECT final_height, final_hash, found_height, found_hash, message, found_at
           FROM chain.violations WHERE chain = $1 AND acknowledged_at IS NULL`,
        [chainId],
      );
      if (row === undefined) return undefined;
      return {
        finalized: { height: row.final_height, hash: row.final_hash },
        found: { height: row.found_height, hash: row.found_hash },
        message: row.message,
        time: row.found_at,
      };
    },
    async report({ finalized, found, message, time }) {
      await database.query("SELECT chain.report_violation($1, $2, $3, $4, $5, $6, $7)", [
        ...[chainId, finalized.height, finalized.hash, found.height, found.hash, message, time],
      ]);
    },
  };
}
