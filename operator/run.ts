import { Registry } from "prom-client";
import { readConfig } from "./config.ts";
import { createLogger } from "./log.ts";
import { PitbossOperator } from "./pitboss-operator.ts";

/** The operator: settings, then the controllers, until SIGTERM or another leader. The exit code. */
export async function run(): Promise<number> {
  const config = readConfig(process.env);
  const { PITBOSS_LOG_LEVEL, PITBOSS_POD } = config.env;
  const log = createLogger(PITBOSS_LOG_LEVEL, { service: "operator", pod: PITBOSS_POD });
  const operator = new PitbossOperator(config, new Registry(), log);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "stopping");
      operator.stop();
    });
  }
  await operator.start();
  const outcome = await operator.finished;
  await operator.close();
  log.info({ outcome }, "stopped");
  // A leader that lost its Lease starts afresh: nothing it believes may be written any more.
  return outcome === "lost" ? 1 : 0;
}
