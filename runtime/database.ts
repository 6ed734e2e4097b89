import { checkServerIdentity } from "node:tls";
import pg from "pg";
import { DatabaseAway, isTransient } from "./database-away.ts";
import { type DatabaseSettings, readSettings, sameServer } from "./database-settings.ts";

export { DatabaseAway, isDatabaseAway } from "./database-away.ts";

export interface DatabaseOptions {
  /** The mounted Secret. It is read again for each connection, so that a new password is taken up. */
  readonly directory: string;
  readonly connections: number;
  /** How the sessions are named in pg_stat_activity. */
  readonly application: string;
  /** Told when the database goes away or comes back. */
  readonly onChange?: (up: boolean, error?: Error) => void;
}

/** A statement that each connection prepares once. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a row has the columns that its statement names.
export type Row = any;

export interface Session {
  query(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

const connectMs = 5_000;
/** Beyond the server's own statement_timeout: only a network that swallows packets gets here. */
const answerMs = 20_000;

const numericType = 1700;
const bigintType = 20;

/** Whole numerics (money) become bigint, int8 a number; set for our connections only. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    if (format !== "binary" && oid === numericType) {
      return (text: string) => (text.includes(".") ? text : BigInt(text));
    }
    if (format !== "binary" && oid === bigintType) return Number;
    return pg.types.getTypeParser(oid, format as "text");
  },
};

/** A pool of connections to the platform's database. Every call either answers or throws; `DatabaseAway` means: later. */
export class Database {
  readonly #options: DatabaseOptions;
  #settings: DatabaseSettings;
  #pool: pg.Pool;
  #up = true;

  private constructor(options: DatabaseOptions, settings: DatabaseSettings) {
    this.#options = options;
    this.#settings = settings;
    this.#pool = this.#newPool(settings);
  }

  /** Reads the Secret; no connection is made before one is needed. */
  static async open(options: DatabaseOptions): Promise<Database> {
    return new Database(options, await readSettings(options.directory));
  }

  /** The last call reached the database. */
  get up(): boolean {
    return this.#up;
  }

  counts(): { totalCount: number; idleCount: number; waitingCount: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { totalCount, idleCount, waitingCount };
  }

  async query(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return this.session((session) => session.query(statement, values));
  }

  /** Runs `work` with one connection, which waits for an idle one. */
  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let broken: Error | undefined;
    try {
      const result = await work(sessionOf(client));
      this.#note(true);
      return result;
    } catch (error) {
      if (!isTransient(error)) throw error;
      broken = error;
      this.#note(false, error);
      throw new DatabaseAway("while talking to the database", { cause: error });
    } finally {
      client.release(broken);
    }
  }

  /** Runs `work` in a READ COMMITTED transaction: committed if it returns, rolled back if it throws. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.session(async (session) => {
      await session.query({ name: "begin", text: "BEGIN" });
      try {
        const result = await work(session);
        await session.query({ name: "commit", text: "COMMIT" });
        return result;
      } catch (error) {
        // A broken connection has rolled back already, and is thrown away.
        if (!isTransient(error)) await session.query({ name: "rollback", text: "ROLLBACK" });
        throw error;
      }
    });
  }

  /** A connection of its own, outside the pool, for LISTEN. The caller ends it. */
  async dedicated(): Promise<pg.Client> {
    this.#settings = await readSettings(this.#options.directory);
    const client = new pg.Client(this.#clientConfig(this.#settings));
    // "end" follows every error, and is what the caller waits for.
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (isTransient(error)) throw new DatabaseAway("while connecting", { cause: error });
      throw error;
    }
  }

  /** Waits for what is in flight, then closes every connection. */
  stop(): Promise<void> {
    return this.#pool.end();
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#note(false, error);
      await this.#followMove();
      throw new DatabaseAway("while connecting to the database", { cause: error });
    }
  }

  /** Where the Secret names another server by now, later calls go there. */
  async #followMove(): Promise<void> {
    const settings = await readSettings(this.#options.directory);
    if (sameServer(settings, this.#settings)) return;
    const left = this.#pool;
    this.#settings = settings;
    this.#pool = this.#newPool(settings);
    await left.end();
  }

  #note(up: boolean, error?: Error): void {
    if (up === this.#up) return;
    this.#up = up;
    this.#options.onChange?.(up, error);
  }

  #newPool(settings: DatabaseSettings): pg.Pool {
    const pool = new pg.Pool({
      ...this.#clientConfig(settings),
      max: this.#options.connections,
      connectionTimeoutMillis: connectMs,
      idleTimeoutMillis: 0,
    });
    // A connection may break while nobody uses it, or between two statements of one who does. The pool drops the
    // one, the next statement fails on the other: nobody else needs to hear of it.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    return pool;
  }

  #clientConfig(settings: DatabaseSettings): pg.ClientConfig {
    const { host, port, database, user, ca } = settings;
    return {
      ...{ host, port, database, user, types },
      password: async () => (await readSettings(this.#options.directory)).password,
      application_name: this.#options.application,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // pg passes no name for an IP address, and TLS would then look for "localhost".
      ...(ca === undefined
        ? {}
        : {
            ssl: { ca, checkServerIdentity: (_: string, cert) => checkServerIdentity(host, cert) },
          }),
    };
  }
}

function sessionOf(client: pg.PoolClient): Session {
  return {
    async query({ name, text }, values = []) {
      return (await client.query({ name, text, values: [...values] })).rows;
    },
  };
}
