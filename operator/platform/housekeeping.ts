import { setInterval } from "node:timers";
import { housekeeping } from "../database/housekeeping.ts";
import type { Logger } from "../kube/logger.ts";
import type { PlatformDatabase } from "./platform-database.ts";

export interface Loop {
  stop(): Promise<void>;
}

const EVERY_MS = 3 * 3_600_000;

/** Keeps the database's tables in order, a few times a day. */
export function housekeepingLoop(platformDatabase: PlatformDatabase, logger: Logger): Loop {
  let running: Promise<void> = Promise.resolve();
  const once = async () => {
    const current = platformDatabase.current();
    if ("failed" in current) return;
    try {
      await housekeeping(current.link.db);
    } catch (error) {
      logger.warn({ err: error }, "housekeeping failed; it is tried again in a few hours");
    }
  };
  const timer = setInterval(() => {
    running = running.then(once);
  }, EVERY_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
