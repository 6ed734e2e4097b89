import { checkServerIdentity } from "node:tls";
import pg from "pg";
import { failureOf } from "./failure.ts";
import type { Database, DatabaseSettings, Failure, PlatformLimits, Result } from "./types.ts";

export interface ConnectOptions {
  readonly poolSize?: number;
  readonly connectTimeoutMs?: number;
  /** Told of a connection that broke while nobody used it; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
  /** Another folder of migrations; the tests have their own. */
  readonly migrations?: URL;
}

const MIGRATIONS = new URL("../../runtime/sql/", import.meta.url);

const FIELDS = ["host", "port", "database", "user", "password"] as const;

/**
 * A pod that vanished with its node leaves its sessions open on the server, and with them its locks. These settings
 * make the server notice within half a minute and end a transaction that nobody goes on with.
 */
const SESSION = [
  "tcp_keepalives_idle=10",
  "tcp_keepalives_interval=5",
  "tcp_keepalives_count=3",
  "tcp_user_timeout=30000",
  "idle_in_transaction_session_timeout=60000",
];

/** Reads a database Secret's fields; one that lacks a field is named, with the field. */
export function readSettings(secret: {
  readonly [field: string]: string | undefined;
}): Result<DatabaseSettings> {
  const missing = FIELDS.filter((field) => (secret[field] ?? "").trim() === "");
  if (missing.length > 0) return incomplete(`lacks ${missing.join(", ")}`);
  const text = (field: (typeof FIELDS)[number]): string => (secret[field] ?? "").trim();
  const port = Number(text("port"));
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    return incomplete(`has port "${text("port")}", which is not a port number`);
  }
  const ca = (secret["ca.crt"] ?? "").trim();
  const settings = { host: text("host"), port, database: text("database"), user: text("user") };
  const password = text("password");
  return { ok: ca === "" ? { ...settings, password } : { ...settings, password, ca } };
}

function incomplete(fault: string): Failure {
  const fields = `${FIELDS.join(", ")} and, for TLS, ca.crt`;
  return {
    problem: "SecretIncomplete",
    message: `The database Secret ${fault}. It needs ${fields}.`,
  };
}

/** Opens a small pool and shows that a session can be had and has the rights that bootstrap.sql gives. */
export async function connect(
  settings: DatabaseSettings,
  limits: PlatformLimits,
  options: ConnectOptions = {},
): Promise<Result<Database>> {
  const connectTimeoutMs = options.connectTimeoutMs ?? 5_000;
  const config = { ...clientConfig(settings), connectionTimeoutMillis: connectTimeoutMs };
  const pool = new pg.Pool({
    // The pool's limit holds for waiting for a free session too, and a busy pool is no outage.
    connectionTimeoutMillis: 10 * connectTimeoutMs,
    Client: class extends pg.Client {
      constructor() {
        super(config);
      }
    },
    max: options.poolSize ?? 4,
    idleTimeoutMillis: 60_000,
  });
  pool.on("error", (error) => options.onIdleError?.(error));
  try {
    const lacking = await missingRights(pool);
    if (lacking === null) {
      const migrations = options.migrations ?? MIGRATIONS;
      return { ok: { pool, settings, limits, migrations, close: () => pool.end() } };
    }
    await pool.end();
    return { problem: "RightsMissing", message: `${lacking} Run bootstrap.sql in the database.` };
  } catch (cause) {
    await pool.end();
    const failure = failureOf(cause, whereOf(settings)) ?? notLetIn(cause, settings);
    if (failure !== null) return failure;
    throw new Error(`while connecting to ${whereOf(settings)}`, { cause });
  }
}

function notLetIn(error: unknown, settings: DatabaseSettings): Failure | null {
  const denied = error instanceof Error && "code" in error && error.code === "42501";
  if (!denied) return null;
  const message = `${whereOf(settings)} does not let us in: ${error.message}. Run bootstrap.sql in the database.`;
  return { problem: "RightsMissing", message };
}

/** How a person would name the database; no password. */
export function whereOf(settings: DatabaseSettings): string {
  return `Database ${settings.database} at ${settings.host}:${settings.port} (user ${settings.user})`;
}

/** How a session is opened; with a CA the server must prove its name. */
export function clientConfig(settings: DatabaseSettings): pg.ClientConfig {
  const { host, port, database, user, password, ca } = settings;
  return {
    ...{ host, port, database, user, password },
    application_name: "pitboss-operator",
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A statement that the network swallowed must not hold a reconcile for ever.
    query_timeout: 120_000,
    options: SESSION.map((setting) => `-c ${setting}`).join(" "),
    // pg passes no name for an IP address, and TLS would then look for "localhost".
    ...(ca === undefined
      ? {}
      : { ssl: { ca, checkServerIdentity: (_: string, cert) => checkServerIdentity(host, cert) } }),
  };
}

interface Rights {
  readonly rolname: string;
  readonly rolcreaterole: boolean;
  readonly create_in_database: boolean;
  readonly self_grant: string;
}

async function missingRights(pool: pg.Pool): Promise<string | null> {
  const { rows } = await pool.query<Rights>(
    `SELECT rolname, rolcreaterole OR rolsuper AS rolcreaterole,
            has_database_privilege(current_database(), 'CREATE') AS create_in_database,
            current_setting('createrole_self_grant') AS self_grant
       FROM pg_roles WHERE rolname = current_user`,
  );
  const rights = rows[0];
  if (rights === undefined) throw new Error("pg_roles does not list the current user");
  if (!rights.rolcreaterole) return `Role ${rights.rolname} may not create roles.`;
  if (!rights.create_in_database) return `Role ${rights.rolname} may not create schemas here.`;
  if (!/set/.test(rights.self_grant) || !/inherit/.test(rights.self_grant)) {
    return `Role ${rights.rolname} lacks createrole_self_grant = 'set, inherit'.`;
  }
  return null;
}
