import { type TestDatabase, withClient } from "./database.ts";

/** Everything that the server keeps of one game, its name left out: two games made alike have the same. */
const STATE = `
  SELECT json_build_object(
    'ownership', (SELECT json_agg(json_build_array(o.namespace, o.platform, o.released_at IS NOT NULL))
                    FROM pitboss.ownership o WHERE o.game = $1),
    'role', (SELECT json_agg(json_build_array(rolcanlogin, rolconnlimit, rolsuper, rolcreaterole, rolpassword IS NOT NULL,
                    (SELECT json_agg(s.setconfig) FROM pg_db_role_setting s WHERE s.setrole = r.oid),
                    has_database_privilege(r.oid, current_database(), 'CONNECT'),
                    regexp_replace(shobj_description(r.oid, 'pg_authid'), ' password .*', '')))
               FROM pg_authid r WHERE r.rolname = n.name),
    'schema', (SELECT json_agg(json_build_array(s.nspowner::regrole::text, s.nspacl::text))
                 FROM pg_namespace s WHERE s.nspname = n.name),
    'relations', (SELECT json_agg(json_build_array(c.relname, c.relkind, c.relacl::text, c.relowner::regrole::text) ORDER BY c.relname)
                    FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident(n.name))),
    'functions', (SELECT json_agg(json_build_array(p.proname, p.proacl::text, p.proconfig::text) ORDER BY p.proname)
                    FROM pg_proc p WHERE p.pronamespace = to_regnamespace(quote_ident(n.name))),
    'rows', (SELECT json_build_object(
               'games', (SELECT count(*) FROM pitboss.games WHERE name = $1),
               'keys', (SELECT count(*) FROM pitboss.keys WHERE game = $1),
               'seed keys', (SELECT count(*) FROM pitboss.seed_keys WHERE game = $1),
               'results', (SELECT count(*) FROM pitboss.results WHERE game = $1),
               'transfers', (SELECT count(*) FROM pitboss.transfers WHERE game = $1)))
  ) AS state FROM (SELECT 'game_' || $1 AS name) n`;

/** The state of a game in the database; see STATE. */
export function endState(database: TestDatabase, game: string): Promise<unknown> {
  return withClient(database.superuserUrl, async (client) => {
    const { rows } = await client.query<{ state: unknown }>(STATE, [game]);
    const migrations = await client
      .query(`SELECT name FROM "game_${game}".migrations ORDER BY id`)
      .catch(() => ({ rows: [] }));
    const text = JSON.stringify({ ...Object(rows[0]?.state), migrations: migrations.rows });
    return JSON.parse(text.replaceAll(game, "<game>"));
  });
}
