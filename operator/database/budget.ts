import type { PoolClient } from "pg";
import type { Database, Failure } from "./types.ts";

interface RoleConnections {
  readonly login: boolean;
  readonly connectionLimit: number;
}

/**
 * Whether the connections that this game asks for do not fit beside those of the platform's other games. Only a game
 * that would take more than it has is refused, so that a lowered budget stops no game that runs.
 */
export async function overBudget(
  db: Database,
  client: PoolClient,
  game: string,
  role: RoleConnections | null,
  wanted: number,
): Promise<Failure | null> {
  const has = role?.login ? role.connectionLimit : 0;
  if (wanted <= has) return null;
  const { rows } = await client.query<{ taken: string }>(
    `SELECT coalesce(sum(rolconnlimit), 0) AS taken
       FROM pitboss.ownership JOIN pg_roles ON rolname = 'game_' || game
      WHERE platform = $1 AND game <> $2 AND rolcanlogin`,
    [db.limits.platform, game],
  );
  const free = db.limits.connections - Number(rows[0]?.taken ?? 0);
  if (wanted <= free) return null;
  return {
    problem: "ConnectionBudget",
    message: `This Game needs ${wanted} database connections and ${Math.max(free, 0)} of the platform's ${db.limits.connections} are free. Lower its most pods, delete a Game, or raise PITBOSS_DATABASE_CONNECTIONS.`,
  };
}
