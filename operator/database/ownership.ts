import type { PoolClient } from "pg";
import { schemaOf } from "./names.ts";
import type { Database, Failure, Owner, ProvisionRequest, Result } from "./types.ts";

interface OwnershipRow extends Owner {
  readonly platform: string;
  readonly released: boolean;
}

/** Who the schema of a game belongs to, or null where nobody has claimed it. */
export async function ownerOf(client: PoolClient, game: string): Promise<OwnershipRow | null> {
  const { rows } = await client.query<OwnershipRow>(
    `SELECT game AS name, namespace, uid, platform, released_at IS NOT NULL AS released
       FROM pitboss.ownership WHERE game = $1`,
    [game],
  );
  return rows[0] ?? null;
}

/** Whether the schema is this very Game's and was not released. */
export function isOwner(db: Database, row: OwnershipRow | null, owner: Owner): boolean {
  return isRecorded(db, row, owner) && row?.released === false;
}

/** Whether this very Game was the last to own the schema. */
export function isRecorded(db: Database, row: OwnershipRow | null, owner: Owner): boolean {
  return (
    row !== null &&
    row.platform === db.limits.platform &&
    row.namespace === owner.namespace &&
    row.uid === owner.uid
  );
}

/**
 * Writes down whose the schema is before anything is made, so that whoever comes after a crash knows. `ok` is the
 * UID that it was taken over from. The caller holds the game's advisory lock.
 */
export async function claim(
  db: Database,
  client: PoolClient,
  request: ProvisionRequest,
): Promise<Result<{ adopted: string | null }>> {
  const row = await ownerOf(client, request.name);
  if (row === null) return claimNew(db, client, request);
  if (isOwner(db, row, request)) return { ok: { adopted: null } };
  const refusal = refuse(db, row, request);
  if (refusal !== null) return refusal;
  await client.query(
    `UPDATE pitboss.ownership SET platform = $2, namespace = $3, uid = $4, released_at = NULL WHERE game = $1`,
    [request.name, db.limits.platform, request.namespace, request.uid],
  );
  return { ok: { adopted: row.uid === request.uid ? null : row.uid } };
}

async function claimNew(
  db: Database,
  client: PoolClient,
  request: ProvisionRequest,
): Promise<Result<{ adopted: null }>> {
  // Ours would have an owner: the row comes before the schema and goes after it.
  const { rows } = await client.query("SELECT FROM pg_namespace WHERE nspname = $1", [
    schemaOf(request.name),
  ]);
  if (rows.length > 0) return unknownSchema(request.name);
  await client.query(
    "INSERT INTO pitboss.ownership (game, namespace, uid, platform) VALUES ($1, $2, $3, $4)",
    [request.name, request.namespace, request.uid, db.limits.platform],
  );
  return { ok: { adopted: null } };
}

/** Why this Game may not take over the schema, or null where it may. */
function refuse(db: Database, row: OwnershipRow, request: ProvisionRequest): Failure | null {
  const samePlatform = row.platform === db.limits.platform;
  if (row.released && samePlatform) return null;
  const sameObject = samePlatform && row.namespace === request.namespace;
  // Two objects of one namespace and name never live at once; of any other owner the cluster has to say.
  const lives = !row.released && !sameObject && (request.ownerLives?.(row) ?? true);
  if (lives) return nameTaken(row);
  return request.adopt === row.uid ? null : adoptionRequired(row);
}

function nameTaken(row: OwnershipRow): Failure {
  return {
    problem: "NameTaken",
    message: `Game ${row.name} of namespace ${row.namespace} (platform ${row.platform}) has this name already; names are unique in the platform. Rename one of the two.`,
  };
}

function adoptionRequired(row: OwnershipRow): Failure {
  const schema = schemaOf(row.name);
  return {
    problem: "AdoptionRequired",
    message: `Schema ${schema} holds the rounds of an earlier Game (namespace ${row.namespace}, UID ${row.uid}, platform ${row.platform}). To go on with its data, annotate this Game with pitboss.dev/adopt: ${row.uid}; to start afresh, rename this Game.`,
  };
}

function unknownSchema(game: string): Failure {
  return {
    problem: "NameTaken",
    message: `The database has a schema ${schemaOf(game)} that Pitboss did not make. Rename that schema, or this Game.`,
  };
}
