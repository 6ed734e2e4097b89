import { flushCompileCache } from "node:module";
import { ConfigError } from "./config.ts";
import { createLogger } from "./log.ts";

/** Runs a process's main function; what keeps it from starting is one line of the log and exit 1. */
export async function start(main: () => Promise<void>): Promise<void> {
  try {
    await main();
    // Now, so that a process that is killed leaves it too.
    flushCompileCache();
  } catch (error) {
    const log = createLogger("info", {});
    if (error instanceof ConfigError) log.fatal({}, `cannot start: ${error.message}`);
    else log.fatal({ err: error }, "cannot start");
    process.exit(1);
  }
}
