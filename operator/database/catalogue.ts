import { bindJackpots } from "./jackpots.ts";
import { inSession, inTransaction } from "./session.ts";
import type { CatalogueRow, Database, GameState } from "./types.ts";

const COLUMNS = [
  "name",
  "namespace",
  "uid",
  "engine",
  "engine_version",
  "title",
  "revision",
  "config",
  "state",
  "stakes",
  "open_timeout",
  "returns",
  "path",
  "ready",
  "entropy",
];
const CHANGEABLE = COLUMNS.slice(1);

// Rounds are checked against this row, so the write waits for those that run (see the triggers of pitboss.games), and a
// row that is as it should be is not written. Only the Game that owns the schema writes: a late call of an earlier one
// changes nothing. `deleting` ends with the Game that it was said of.
const SAVE = `
  INSERT INTO pitboss.games AS g (${COLUMNS.join(", ")})
    SELECT o.game, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10::jsonb, make_interval(secs => $11), $12::jsonb, $13, $14, $15::jsonb
      FROM pitboss.ownership o WHERE o.game = $1 AND o.namespace = $2 AND o.uid = $3 AND o.released_at IS NULL
  ON CONFLICT (name) DO UPDATE SET
    (${CHANGEABLE.join(", ")}, deleting) =
    (${CHANGEABLE.map((column) => `excluded.${column}`).join(", ")}, g.deleting AND g.uid = excluded.uid)
  WHERE (${CHANGEABLE.map((column) => `g.${column}`).join(", ")}, g.deleting)
     IS DISTINCT FROM
        (${CHANGEABLE.map((column) => `excluded.${column}`).join(", ")}, g.deleting AND g.uid = excluded.uid)`;

/**
 * Writes the game's row of the catalogue where it differs, and binds the game to its jackpots. Its revision must have
 * been saved before. Answers the jackpots that could not be bound.
 */
export function saveCatalogue(
  db: Database,
  row: CatalogueRow,
  jackpots: readonly string[] = [],
): Promise<{ changed: boolean; unbound: readonly string[] }> {
  const values = [
    row.name,
    row.namespace,
    row.uid,
    row.engine,
    row.engineVersion,
    row.title,
    row.revision,
    JSON.stringify(row.config),
    row.state,
    JSON.stringify(row.stakes),
    row.openTimeoutSeconds,
    JSON.stringify(row.returns),
    row.path,
    row.ready,
    row.entropy ? JSON.stringify(row.entropy) : null,
  ];
  return inSession(db, `saving ${row.name} in the catalogue`, (client) =>
    inTransaction(client, async () => {
      const { rowCount } = await client.query(SAVE, values);
      return { changed: rowCount === 1, unbound: await bindJackpots(client, row, jackpots) };
    }),
  );
}

/** Binds at commit: a round that has not committed by then is refused. */
export function setState(
  db: Database,
  game: string,
  state: GameState,
): Promise<{ changed: boolean }> {
  const sql = "UPDATE pitboss.games SET state = $2 WHERE name = $1 AND state <> $2";
  return write(db, `setting the state of ${game}`, sql, [game, state]);
}

/** Whether players can reach the game: what the lobby shows. */
export function setReady(
  db: Database,
  game: string,
  ready: boolean,
): Promise<{ changed: boolean }> {
  const sql = "UPDATE pitboss.games SET ready = $2 WHERE name = $1 AND ready <> $2";
  return write(db, `noting whether ${game} is ready`, sql, [game, ready]);
}

/** The Game is being deleted: new rounds are refused from this commit on. */
export function setDeleting(db: Database, game: string): Promise<{ changed: boolean }> {
  const sql = "UPDATE pitboss.games SET deleting = true WHERE name = $1 AND NOT deleting";
  return write(db, `noting that ${game} is being deleted`, sql, [game]);
}

/** A rollout is over: only `keep` and the game's own revision are played from now on. */
export function retireRevisions(
  db: Database,
  game: string,
  keep: readonly string[],
): Promise<{ changed: boolean }> {
  // Only where there is one to retire: the call stops every round for a moment.
  const sql = `SELECT pitboss.retire_revisions($1, $2) WHERE EXISTS
    (SELECT FROM pitboss.game_revisions r JOIN pitboss.games g ON g.name = r.game
      WHERE r.game = $1 AND r.revision <> g.revision AND r.revision <> ALL ($2))`;
  return write(db, `retiring revisions of ${game}`, sql, [game, keep]);
}

function write(
  db: Database,
  doing: string,
  sql: string,
  values: unknown[],
): Promise<{ changed: boolean }> {
  return inSession(db, doing, async (client) => {
    const { rowCount } = await client.query(sql, values);
    return { changed: rowCount === 1 };
  });
}
