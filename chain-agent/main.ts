import { ConfigError, readChainAgentConfig } from "./config.ts";
import { createLogger } from "./log.ts";

/** The process of a chain's agent: runs until SIGTERM. What keeps it from starting is one line of the log and exit 1. */
async function main(): Promise<void> {
  const config = readChainAgentConfig(process.env);
  const { chain, pod } = config;
  const log = createLogger(config.logLevel, { service: "chain-agent", chain, pod });
  const { runAgent } = await import("./run-agent.ts");
  const agent = await runAgent(config, log);
  const signal = await new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, resolve);
  });
  log.info({ signal }, "stopping");
  await agent.stop();
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const log = createLogger("info", { service: "chain-agent" });
  if (error instanceof ConfigError) log.fatal({}, `cannot start: ${error.message}`);
  else log.fatal({ err: error }, "cannot start");
  process.exit(1);
}
