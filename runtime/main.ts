import { setTimeout as sleep } from "node:timers/promises";
import { readRuntimeConfig } from "./config.ts";
import { isDatabaseAway } from "./database.ts";
import { engineDigest } from "./engine-digest.ts";
import { openGame } from "./game.ts";
import { gameMetrics, timedRounds } from "./game-metrics.ts";
import { Host } from "./host.ts";
import { createLogger, type Logger } from "./log.ts";
import { readRevision, readSeedKey } from "./revision-file.ts";
import { gameRoutes } from "./routes/index.ts";
import { start } from "./start.ts";
import type { GameOptions, OpenGame } from "./types.ts";

const RETRY_MS = 1_000;

/** A database that is away at the start is waited for: a restart would not bring it back. */
async function opened(options: GameOptions, log: Logger): Promise<OpenGame> {
  for (;;) {
    try {
      return await openGame(options);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      log.warn({ err: error }, "waiting for the database");
      await sleep(RETRY_MS);
    }
  }
}

await start(async () => {
  const config = readRuntimeConfig(process.env);
  const { game, namespace, pod } = config;
  const log = createLogger(config.logLevel, { service: "runtime", namespace, game, pod });
  const compiled = await readRevision(config.revisionFile);
  const { engine, revision } = compiled;
  const host = new Host("runtime", config, log, {
    game,
    engine: engine.name,
    engineVersion: engine.version,
    engineDigest: engineDigest(),
    revision,
  });
  host.registry.setDefaultLabels({ service: "runtime", namespace, game });
  await host.start();
  const options = {
    ...{ game, pod, engine, revision, config: compiled.config, logger: log },
    databaseDirectory: config.databaseDir,
    connections: config.databasePool,
    seedKey: await readSeedKey(config.seedKeyFile),
    hooks: gameMetrics(host.registry),
  };
  const { rounds, pairs, catalogue, ready, stop } = await opened(options, log);
  await host.serve({
    routes: gameRoutes({
      ...{ game, compiled, pairs, catalogue },
      rounds: timedRounds(rounds, host.registry),
    }),
    readiness: () => (ready() ? { ready: true } : { ready: false, reason: "the database is away" }),
    stop,
  });
});
