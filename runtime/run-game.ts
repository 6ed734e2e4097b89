import type { Compiled } from "../games/play.ts";
import { readRuntimeConfig } from "./config.ts";
import { engineDigest } from "./engine-digest.ts";
import { openGame } from "./game.ts";
import { gameMetrics, openRoundsGauge, timedRounds } from "./game-metrics.ts";
import { Host } from "./host.ts";
import { createLogger } from "./log.ts";
import { poolMetrics } from "./metrics.ts";
import { readRevision, readSeedKey } from "./revision-file.ts";
import { gameRoutes } from "./routes/index.ts";

/**
 * Where a bet has no choices its value is one of the configuration, kept by the engine once it is known:
 * worked out here, so that no player's first round waits for it (half a second for video poker).
 */
function workOutValue({ engine, prepared, checkBet }: Compiled): void {
  const bet = {};
  if (checkBet(bet, { amount: 1n, step: 1n, digits: 0 }).length > 0) return;
  engine.expected(prepared, bet);
}

/** Runs a game server: settings, revision, database, HTTP, in this order. */
export async function runGame(): Promise<void> {
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
  workOutValue(compiled);
  // Waits for the database, and for the operator to list the game there.
  const opened = await openGame({
    ...{ game, pod, engine, revision, config: compiled.config, logger: log },
    databaseDirectory: config.databaseDir,
    connections: config.databasePool,
    seedKey: await readSeedKey(config.seedKeyFile),
    agents: config.chainAgents,
    hooks: gameMetrics(host.registry),
  });
  openRoundsGauge(host.registry, opened);
  poolMetrics(host.registry, () => opened.connections());
  const { ready, stop } = opened;
  await host.serve({
    routes: gameRoutes({
      ...{ ...opened, game, compiled },
      rounds: timedRounds(opened.rounds, host.registry),
    }),
    readiness: () => (ready() ? { ready: true } : { ready: false, reason: "the database is away" }),
    stop,
  });
}
