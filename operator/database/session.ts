import type { PoolClient } from "pg";
import { whereOf } from "./connect.ts";
import { DatabaseAway, failureOf } from "./failure.ts";
import type { Database, Result } from "./types.ts";

/** How long a statement waits for a lock before it gives way to the players who hold it. */
const LOCK_TIMEOUT_MS = 2_000;

const LOCK_NOT_AVAILABLE = "55P03";

/** Runs `work` with a session of the pool; says what was being done when it fails. */
export async function inSession<T>(
  db: Database,
  doing: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return attempt(db, doing, async () => {
    const client = await db.pool.connect();
    // The statement in flight rejects as well, or the next one does; unheard, this event would end the process.
    const onError = (): void => undefined;
    client.on("error", onError);
    let broken = true;
    try {
      const result = await work(client);
      broken = false;
      return result;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  });
}

/** One transaction; with `work` the whole of it, rolled back where it throws. */
export async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // A session that is gone has rolled back by itself, and inSession throws it away.
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/**
 * Runs `work` while this process alone holds the advisory lock `name` in this database. The lock belongs to the
 * session: it ends with it, also when the process dies. One who waits too long is told to come again.
 */
export function inLockedSession<T>(
  db: Database,
  doing: string,
  name: string,
  work: (client: PoolClient) => Promise<Result<T>>,
): Promise<Result<T>> {
  return inSession(db, doing, async (client) => {
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    const held = await givingWay(name, async () => {
      await client.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [name]);
      return { ok: null };
    });
    if ("problem" in held) return held;
    const result = await givingWay(name, () => work(client));
    await client.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [name]);
    await client.query("RESET ALL");
    return result;
  });
}

/** A lock that somebody else holds for long is no fault: the next attempt may get it. */
async function givingWay<T>(name: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    const message = `Somebody else is at work on ${name} in the database; it is tried again.`;
    return { problem: "MigrationLocked", message };
  }
}

/** Whether a statement gave up because someone else holds the lock that it needs. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === LOCK_NOT_AVAILABLE;
}

async function attempt<T>(db: Database, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DatabaseAway) throw cause;
    const failure = failureOf(cause, whereOf(db.settings));
    if (failure !== null) throw new DatabaseAway(failure, cause);
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`while ${doing}: ${detail}`, { cause });
  }
}
