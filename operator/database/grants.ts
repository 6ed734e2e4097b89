import type { PoolClient } from "pg";
import pg from "pg";

/**
 * A game's role reads the tables of its own schema and calls that schema's functions; it writes nothing itself. The
 * functions run as the operator and hold every rule; those that are the operator's alone run as their caller, and
 * that is how the two are told apart. Partitions are reached through their table.
 */
const TABLES = `SELECT c.oid, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migrations'`;

const FUNCTIONS = `SELECT p.oid, p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = $1 AND p.prosecdef`;

/** Whether the role of a schema has all that `grantToRole` gives. */
export async function isGranted(client: PoolClient, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ granted: boolean }>(
    `SELECT has_schema_privilege($1, (SELECT oid FROM pg_namespace WHERE nspname = $1), 'USAGE')
        AND NOT EXISTS (SELECT FROM (${TABLES}) t WHERE NOT has_table_privilege($1, t.oid, 'SELECT'))
        AND NOT EXISTS (SELECT FROM (${FUNCTIONS}) f WHERE NOT has_function_privilege($1, f.oid, 'EXECUTE'))
        AS granted`,
    [schema],
  );
  return rows[0]?.granted === true;
}

/** Grants the role of a schema (both have one name) what it may do there; in the caller's transaction. */
export async function grantToRole(client: PoolClient, schema: string): Promise<void> {
  const role = pg.escapeIdentifier(schema);
  await client.query(`GRANT USAGE ON SCHEMA ${role} TO ${role}`);
  const tables = await client.query<{ name: string }>(TABLES, [schema]);
  const names = tables.rows.map(({ name }) => `${role}.${pg.escapeIdentifier(name)}`);
  if (names.length > 0) await client.query(`GRANT SELECT ON ${names.join(", ")} TO ${role}`);
  const functions = await client.query<{ name: string }>(FUNCTIONS, [schema]);
  const calls = functions.rows.map(({ name }) => name).join(", ");
  if (calls !== "") await client.query(`GRANT EXECUTE ON FUNCTION ${calls} TO ${role}`);
}
