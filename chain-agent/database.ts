import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkServerIdentity } from "node:tls";
import pg from "pg";
import { Refusal } from "./errors.ts";

/** One mounted Secret: files host, port, database, user, password and, for TLS, ca.crt. */
const fields = ["host", "port", "database", "user", "password"] as const;

export interface DatabaseOptions {
  readonly directory: string;
  readonly connections: number;
  /** How the sessions are named in pg_stat_activity. */
  readonly application: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a row has the columns that its statement names.
export type Row = any;

export interface Session {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

const connectMs = 5_000;
const answerMs = 20_000;
const numericType = 1700;
const bigintType = 20;

/** Money and heights are bigint; set for our connections only. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    if (format !== "binary" && (oid === numericType || oid === bigintType)) return BigInt;
    return pg.types.getTypeParser(oid, format as "text");
  },
};

const network =
  /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT)$/;
/** How SQLSTATEs begin after which asking again may well succeed: connection, refused password, deadlock, full, ending. */
const states = /^(08|28|3D000|40|53|55P03|57|25006)/;
/** pg gives these no code. */
const lost =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|Client has encountered a connection error|not queryable|Query read timeout|after calling end/;

function isAway(error: unknown): error is Error {
  if (error instanceof AggregateError) return error.errors.some(isAway);
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return network.test(code) || lost.test(error.message) || (code.length === 5 && states.test(code));
}

/** The agents' database. A call answers or throws; where the database is away it throws the Refusal DATABASE_AWAY. */
export class Database {
  readonly #options: DatabaseOptions;
  readonly #pool: pg.Pool;
  #up = true;

  private constructor(options: DatabaseOptions, config: pg.ClientConfig) {
    this.#options = options;
    this.#pool = new pg.Pool({
      ...config,
      max: options.connections,
      connectionTimeoutMillis: connectMs,
      idleTimeoutMillis: 0,
    });
    // A connection may break while nobody uses it: the pool drops it, and nobody needs to hear of it.
    this.#pool.on("error", () => undefined);
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
  }

  /** Reads the Secret; no connection is made before one is needed. */
  static async open(options: DatabaseOptions): Promise<Database> {
    return new Database(options, await configOf(options));
  }

  /** The last call reached the database. */
  get up(): boolean {
    return this.#up;
  }

  query(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#session((session) => session.query(text, values));
  }

  /** Runs `work` in a READ COMMITTED transaction: committed if it returns, rolled back if it throws. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#session(async (session) => {
      await session.query("BEGIN");
      try {
        const result = await work(session);
        await session.query("COMMIT");
        return result;
      } catch (error) {
        // A broken connection has rolled back already, and is thrown away.
        if (!isAway(error)) await session.query("ROLLBACK");
        throw error;
      }
    });
  }

  stop(): Promise<void> {
    return this.#pool.end();
  }

  async #session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    let client: pg.PoolClient | undefined;
    let broken: Error | undefined;
    try {
      const taken = await this.#pool.connect();
      client = taken;
      const result = await work({
        query: async (text, values = []) => (await taken.query(text, [...values])).rows,
      });
      this.#up = true;
      return result;
    } catch (cause) {
      if (!isAway(cause)) throw cause;
      broken = cause;
      this.#up = false;
      const away = `${this.#options.application}: the database is away`;
      throw new Refusal("DATABASE_AWAY", away, {}, { cause });
    } finally {
      client?.release(broken);
    }
  }
}

async function configOf({ directory, application }: DatabaseOptions): Promise<pg.ClientConfig> {
  const [host, port, database, user, password] = await Promise.all(
    fields.map((field) => read(directory, field)),
  );
  if (!host || !port || !database || !user || !password) {
    throw new Error(`${directory} lacks one of ${fields.join(", ")}: mount the database Secret`);
  }
  const ca = await read(directory, "ca.crt");
  return {
    ...{ host, port: Number(port), database, user, types },
    // Read again for each connection, so that a new password is taken up.
    password: async () => (await read(directory, "password")) ?? "",
    application_name: application,
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // pg passes no name for an IP address, and TLS would then look for "localhost".
    ...(ca === undefined
      ? {}
      : { ssl: { ca, checkServerIdentity: (_: string, cert) => checkServerIdentity(host, cert) } }),
  };
}

async function read(directory: string, field: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, field), "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(`while reading ${field} of the database Secret`, { cause: error });
  }
}
