import type { PoolClient } from "pg";
import pg from "pg";
import { grantToRole, isGranted } from "./grants.ts";
import { appliedTo, migrateSchema, migrationsOf } from "./migrate.ts";
import { schemaOf } from "./names.ts";
import { claim, isOwner, ownerOf } from "./ownership.ts";
import { ensureRole, isAsWished, roleState } from "./role.ts";
import { inLockedSession, inSession, inTransaction } from "./session.ts";
import type { Database, Failure, Provisioned, ProvisionRequest, Result } from "./types.ts";

/**
 * Gives a Game its schema, its role and its tables, or says why not. Every step finds out by itself what is left to
 * do, in an order in which nothing exists that the ownership row does not answer for: a crash anywhere and another
 * run end in the same state. Where all is settled it only reads.
 */
export async function provisionGame(
  db: Database,
  request: ProvisionRequest,
): Promise<Result<Provisioned>> {
  const settled = await inSession(db, `looking at the schema of ${request.name}`, (client) =>
    readSettled(db, client, request),
  );
  if (settled !== null) return { ok: settled };
  return inLockedSession(
    db,
    `making the schema of ${request.name}`,
    `schema ${schemaOf(request.name)}`,
    (client) => provision(db, client, request),
  );
}

async function readSettled(
  db: Database,
  client: PoolClient,
  request: ProvisionRequest,
): Promise<Provisioned | null> {
  const game = request.name;
  const schema = schemaOf(game);
  if (!isOwner(db, await ownerOf(client, game), request)) return null;
  if (!isAsWished(db, game, await roleState(client, game), request)) return null;
  const migrations = await appliedTo(client, schema);
  if (migrations.join() !== (await migrationsOf(db, "game")).join()) return null;
  if (!(await isGranted(client, schema))) return null;
  return { schema, role: schema, migrations, ran: [], adopted: null };
}

async function provision(
  db: Database,
  client: PoolClient,
  request: ProvisionRequest,
): Promise<Result<Provisioned>> {
  const schema = schemaOf(request.name);
  const claimed = await claim(db, client, request);
  if ("problem" in claimed) return claimed;
  const refused = await inTransaction(client, () => makeSchema(db, client, request));
  if (refused !== null) return refused;
  const migrated = await migrateSchema(db, client, schema, "game");
  if ("problem" in migrated) return migrated;
  await inTransaction(client, () => grantToRole(client, schema));
  return { ok: { schema, role: schema, ...migrated.ok, ...claimed.ok } };
}

async function makeSchema(
  db: Database,
  client: PoolClient,
  request: ProvisionRequest,
): Promise<Failure | null> {
  const refused = await ensureRole(db, client, request.name, request);
  if (refused !== null) return refused;
  const schema = pg.escapeIdentifier(schemaOf(request.name));
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  return null;
}
