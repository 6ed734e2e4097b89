import { inSession } from "./session.ts";
import type { Database } from "./types.ts";

/** The broken promise of finality on which a chain's agents stand still; undefined where there is none. */
export function openViolation(db: Database, chainId: string): Promise<string | undefined> {
  return inSession(db, `looking for a violation of finality of ${chainId}`, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT id::text FROM chain.violations WHERE chain = $1 AND acknowledged_at IS NULL",
      [chainId],
    );
    return rows[0]?.id;
  });
}

/** A person has looked: the agents take the chain as it is now. False where another violation is open, or none. */
export function acknowledgeViolation(
  db: Database,
  chainId: string,
  { id, who, why }: { id: string; who: string; why: string },
): Promise<boolean> {
  return inSession(db, `acknowledging a violation of finality of ${chainId}`, async (client) => {
    const { rows } = await client.query<{ done: boolean }>(
      `SELECT chain.acknowledge_violation($1, $3, $4) AS done FROM chain.violations
        WHERE chain = $1 AND id = $2::bigint AND acknowledged_at IS NULL`,
      [chainId, id, who, why],
    );
    return rows[0]?.done === true;
  });
}
