import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import pg from "pg";
import { overBudget } from "./budget.ts";
import { schemaOf } from "./names.ts";
import { scramVerifier } from "./scram.ts";
import type { Database, Failure } from "./types.ts";

/** What we set on a game's role; a session that hangs or vanishes gives its locks back soon. */
const ROLE_SETTINGS: Readonly<Record<string, string>> = {
  statement_timeout: "15s",
  lock_timeout: "5s",
  idle_in_transaction_session_timeout: "10s",
  tcp_keepalives_idle: "10s",
  tcp_keepalives_interval: "5s",
  tcp_keepalives_count: "3",
};

/** How long an ended session may take to go away. */
const SESSION_END_MS = 5_000;

export interface RoleState {
  readonly login: boolean;
  readonly connectionLimit: number;
  /** Whether this database lets it in. */
  readonly mayConnect: boolean;
  /** See `markOf`; null where someone else made the role. */
  readonly mark: string | null;
}

export interface RoleWish {
  readonly password: string;
  readonly connectionLimit: number;
}

/** A game's role as it is, or null where there is none. */
export async function roleState(client: PoolClient, game: string): Promise<RoleState | null> {
  const { rows } = await client.query<RoleState>(
    `SELECT rolcanlogin AS login, rolconnlimit AS "connectionLimit",
            has_database_privilege(oid, current_database(), 'CONNECT') AS "mayConnect",
            shobj_description(oid, 'pg_authid') AS mark
       FROM pg_roles WHERE rolname = $1`,
    [schemaOf(game)],
  );
  return rows[0] ?? null;
}

/**
 * A comment on the role. It says which database the role is for (roles belong to the whole server), and by a digest
 * which password it has: the verifier itself can only be read by a superuser.
 */
export function markOf(db: Database, game: string, password: string): string {
  const digest = createHash("sha256").update(`${game}:${password}`).digest("hex").slice(0, 32);
  return `${ownMark(db)} password ${digest}`;
}

function ownMark(db: Database): string {
  return `pitboss in ${db.settings.database}`;
}

/** Whether the role has this password, this limit, and may log in. */
export function isAsWished(
  db: Database,
  game: string,
  state: RoleState | null,
  wish: RoleWish,
): boolean {
  return (
    state?.login === true &&
    state.mayConnect &&
    state.connectionLimit === wish.connectionLimit &&
    state.mark === markOf(db, game, wish.password)
  );
}

/** Makes the game's role, or brings it up to date; in the caller's transaction. */
export async function ensureRole(
  db: Database,
  client: PoolClient,
  game: string,
  wish: RoleWish,
): Promise<Failure | null> {
  await lockGrants(client);
  const state = await roleState(client, game);
  if (isAsWished(db, game, state, wish)) return null;
  const refusal =
    notOurs(db, game, state) ?? (await overBudget(db, client, game, state, wish.connectionLimit));
  if (refusal !== null) return refusal;
  const role = pg.escapeIdentifier(schemaOf(game));
  if (state === null) await client.query(`CREATE ROLE ${role}`);
  await client.query(`ALTER ROLE ${role} LOGIN CONNECTION LIMIT ${wish.connectionLimit}`);
  const settings = Object.entries(ROLE_SETTINGS).map(([name, value]) => {
    return `ALTER ROLE ${role} SET ${name} = ${pg.escapeLiteral(value)}`;
  });
  await client.query(settings.join(";"));
  const database = pg.escapeIdentifier(db.settings.database);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
  await setPassword(db, client, game, wish.password);
  return null;
}

/**
 * Until the caller's transaction ends. All roles are let into the database by its one row in the catalog, which
 * PostgreSQL does not let two transactions change at once; and two must not both take the last free connections.
 */
async function lockGrants(client: PoolClient): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('roles', 0))");
}

/** Gives the game's role a password and notes which; in the caller's transaction. */
export async function setPassword(
  db: Database,
  client: PoolClient,
  game: string,
  password: string,
): Promise<void> {
  const role = pg.escapeIdentifier(schemaOf(game));
  const verifier = pg.escapeLiteral(await scramVerifier(password));
  await client.query(`ALTER ROLE ${role} PASSWORD ${verifier}`);
  const mark = pg.escapeLiteral(markOf(db, game, password));
  await client.query(`COMMENT ON ROLE ${role} IS ${mark}`);
}

/** Locks the role out and ends its sessions; the first comes first, so that no new session slips in. */
export async function lockRole(db: Database, client: PoolClient, game: string): Promise<void> {
  const state = await roleState(client, game);
  if (state === null || notOurs(db, game, state) !== null) return;
  const role = schemaOf(game);
  if (state.login) await client.query(`ALTER ROLE ${pg.escapeIdentifier(role)} NOLOGIN`);
  await client.query(
    "SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE usename = $1",
    [role, SESSION_END_MS],
  );
}

/** Drops the role with all that was granted to it; in the caller's transaction. */
export async function dropRole(db: Database, client: PoolClient, game: string): Promise<void> {
  await lockGrants(client);
  const state = await roleState(client, game);
  if (state === null || notOurs(db, game, state) !== null) return;
  const role = pg.escapeIdentifier(schemaOf(game));
  await client.query(`DROP OWNED BY ${role}`);
  await client.query(`DROP ROLE ${role}`);
}

function notOurs(db: Database, game: string, state: RoleState | null): Failure | null {
  if (state === null || state.mark?.startsWith(`${ownMark(db)} `)) return null;
  const message = `The database server has a role ${schemaOf(game)} that Pitboss did not make for this database (${state.mark ?? "no mark"}). Roles belong to the whole server: rename this Game, or give each Pitboss a server of its own.`;
  return { problem: "NameTaken", message };
}
