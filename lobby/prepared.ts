import { setTimeout as sleep } from "node:timers/promises";
import type { Database, Statement } from "../runtime/database.ts";
import type { Logger } from "../runtime/log.ts";

const POLL_MS = 500;

const tables: Statement = {
  name: "lobby_prepared",
  text: "SELECT 1 FROM pitboss.games, pitboss.jackpot_events, pitboss.chains LIMIT 0",
};

/** The schema or a table of it is not there, or is not granted yet. */
const unprepared = new Set(["3F000", "42P01", "42501"]);

/**
 * Waits until the operator has made the tables that the lobby reads: on a new platform both start at once.
 * Whatever else is wrong with the database is for those who read it: they serve what they can without.
 */
export async function whenPrepared(
  database: Pick<Database, "query">,
  log: Logger,
  pollMs = POLL_MS,
): Promise<void> {
  for (let told = false; ; told = true) {
    try {
      await database.query(tables);
      return;
    } catch (error) {
      if (!unprepared.has((error as { code?: string }).code ?? "")) return;
      if (!told) log.info({}, "waiting until the operator has prepared the database");
      await sleep(pollMs);
    }
  }
}
