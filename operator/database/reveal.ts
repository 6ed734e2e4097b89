import type { PoolClient } from "pg";
import pg from "pg";
import { schemaOf } from "./names.ts";
import { openSeed } from "./open-seed.ts";
import { inSession } from "./session.ts";
import type { Database } from "./types.ts";

const PAIRS_AT_ONCE = 500;

interface SealedPair {
  readonly id: string;
  readonly player: string;
  readonly sealed: Buffer;
}

/**
 * Reveals every seed pair of a game that is being deleted: the seeds stand in clear beside their hashes, so that each
 * round can be proven without the game, its namespace and its key. A pair that a round is open on stays sealed.
 * Returns how many this call revealed.
 */
export function revealPairs(db: Database, game: string, seedKey: Buffer): Promise<number> {
  return inSession(db, `revealing the seeds of ${game}`, async (client) => {
    const table = `${pg.escapeIdentifier(schemaOf(game))}.seed_pairs`;
    const { rows } = await client.query(
      `SELECT to_regclass($1) IS NOT NULL AS there,
              EXISTS (SELECT FROM pitboss.games WHERE name = $2 AND NOT deleting) AS playing`,
      [table, game],
    );
    // A seed that is known must never be played on.
    if (rows[0].playing === true) throw new Error("the game still takes rounds");
    if (rows[0].there !== true) return 0;
    let revealed = 0;
    for (;;) {
      const pairs = await sealedPairs(client, game);
      if (pairs.length === 0) return revealed;
      const seeds = pairs.map(({ id: pair, player, sealed }) =>
        openSeed(seedKey, { game, player, pair }, sealed),
      );
      revealed += await write(client, table, pairs, seeds);
    }
  });
}

async function sealedPairs(client: PoolClient, game: string): Promise<SealedPair[]> {
  const schema = pg.escapeIdentifier(schemaOf(game));
  const { rows } = await client.query<SealedPair>(
    `SELECT p.id, p.player, p.sealed FROM ${schema}.seed_pairs p
      WHERE p.server_seed IS NULL
        AND NOT EXISTS (SELECT FROM ${schema}.open_rounds o WHERE o.player = p.player AND p.state = 'active')
      LIMIT ${PAIRS_AT_ONCE}`,
  );
  return rows;
}

async function write(
  client: PoolClient,
  table: string,
  pairs: readonly SealedPair[],
  seeds: readonly Buffer[],
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE ${table} p
        SET state = 'revealed', server_seed = r.seed, revealed_at = coalesce(p.revealed_at, clock_timestamp())
       FROM unnest($1::uuid[], $2::bytea[]) AS r (id, seed) WHERE p.id = r.id`,
    [pairs.map(({ id }) => id), seeds],
  );
  return rowCount ?? 0;
}
