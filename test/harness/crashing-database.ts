import type { PoolClient } from "pg";
import type { Database } from "../../operator/database/types.ts";

/** Thrown where a `crashingDatabase` dies. */
export class Crash extends Error {
  override readonly name = "Crash";
}

export interface CrashingDatabase {
  readonly db: Database;
  /** Statements that were sent so far. */
  count(): number;
}

/**
 * The same database as seen by a process that dies right after its statement number `last`: the statement ran, its
 * session is torn, nothing more is sent. Without a number it only counts.
 */
export function crashingDatabase(db: Database, last = Number.POSITIVE_INFINITY): CrashingDatabase {
  let count = 0;
  const dying = (client: PoolClient): PoolClient =>
    new Proxy(client, {
      get(target, property) {
        if (property !== "query") {
          const value: unknown = Reflect.get(target, property);
          return typeof value === "function" ? value.bind(target) : value;
        }
        return async (...statement: unknown[]) => {
          if (count >= last) throw new Crash(`it died after statement ${last}`);
          count += 1;
          const result: unknown = await Reflect.apply(target.query, target, statement);
          if (count < last) return result;
          // No goodbye: as when the process is gone.
          Reflect.get(target, "connection").stream.destroy();
          throw new Crash(`it died after statement ${last}`);
        };
      },
    });
  const pool = new Proxy(db.pool, {
    get(target, property) {
      if (property === "connect") return async () => dying(await target.connect());
      const value: unknown = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { db: { ...db, pool }, count: () => count };
}

/** Tries a crash after each of `count` statements, a few at a time. */
export async function everyCrash(
  count: number,
  work: (last: number) => Promise<void>,
): Promise<void> {
  let last = 0;
  const worker = async (): Promise<void> => {
    for (last += 1; last <= count; last += 1) await work(last);
  };
  await Promise.all([worker(), worker(), worker()]);
}
