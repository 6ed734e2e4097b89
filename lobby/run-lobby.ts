import { Database } from "../runtime/database.ts";
import { Host } from "../runtime/host.ts";
import { createLogger } from "../runtime/log.ts";
import { poolMetrics } from "../runtime/metrics.ts";
import { Cashier } from "./cashier/cashier.ts";
import { Catalogue } from "./catalogue.ts";
import { readLobbyConfig } from "./config.ts";
import { Jackpots } from "./jackpots/jackpots.ts";
import { whenPrepared } from "./prepared.ts";
import { lobbyRoutes } from "./routes/index.ts";
import { Voids } from "./voids.ts";

/** Runs the lobby: settings, database, catalogue, HTTP, in this order. */
export async function runLobby(): Promise<void> {
  const config = readLobbyConfig(process.env);
  const log = createLogger(config.logLevel, { service: "lobby", pod: config.pod });
  const host = new Host("lobby", config, log);
  await host.start();
  const database = await Database.open({
    directory: config.databaseDir,
    connections: config.databasePool,
    application: `lobby ${config.pod}`,
    onChange: (up, error) =>
      up ? log.info({}, "the database is back") : log.warn({ err: error }, "the database is away"),
  });
  poolMetrics(host.registry, () => database.counts());
  await whenPrepared(database, log);
  const catalogue = new Catalogue(database, log);
  await catalogue.start();
  const { registry } = host;
  const jackpots = new Jackpots({ database, log, registry });
  await jackpots.start();
  const cashier = new Cashier({ database, log, registry, ...config.chainAgents });
  cashier.start();
  const voids = new Voids({ database, log, registry });
  await host.serve({
    routes: lobbyRoutes({ database, catalogue, jackpots, cashier, voids, log }),
    readiness: () =>
      catalogue.known ? { ready: true } : { ready: false, reason: "the database is away" },
    drain: () => jackpots.drain(),
    async stop() {
      await cashier.stop();
      await jackpots.stop();
      await catalogue.stop();
      await database.stop();
    },
  });
}
