import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { toText } from "../games/fraction.ts";
import type { Json } from "../games/game.ts";
import { engines } from "../games/index.ts";
import { compile } from "../games/play.ts";
import { type Postgres, startPostgres } from "../local/postgres.ts";
import { bootstrap } from "../operator/database/bootstrap.ts";
import { saveCatalogue } from "../operator/database/catalogue.ts";
import { connect } from "../operator/database/connect.ts";
import { migrateShared } from "../operator/database/migrate.ts";
import { saveProof } from "../operator/database/proofs.ts";
import { provisionGame } from "../operator/database/provision.ts";
import { seedKey } from "../operator/database/seed-keys.ts";
import type { Result } from "../operator/database/types.ts";
import { testFolder } from "../test/harness/session.ts";

const CONFIG = { multiplier: "1.96" };
const GAME = "bench-flip";

/** A durable PostgreSQL with one coin-flip game in it, and what its runtime needs to serve it. */
export interface Casino {
  readonly game: string;
  readonly revision: string;
  readonly server: Postgres;
  /** Kills PostgreSQL outright, and starts it again over what it left on the disk. */
  crash(): Promise<void>;
  readonly superuserUrl: string;
  /** As the game's own role. */
  readonly gameUrl: string;
  /** The runtime's environment, but for ports and token keys. */
  readonly environment: Record<string, string>;
  stop(): Promise<void>;
}

function ok<T>(result: Result<T>): T {
  if ("ok" in result) return result.ok;
  throw new Error(`${result.problem}: ${result.message}`);
}

/** Opens it; players are funded with `fund`. */
export async function openCasino(connections: number): Promise<Casino> {
  const folder = await testFolder();
  const directory = join(folder.path, `casino-${randomUUID()}`);
  mkdirSync(directory, { mode: 0o711 });
  const settings = { shared_buffers: "512MB", max_wal_size: "4GB", checkpoint_timeout: "30min" };
  const options = { directory, records: folder.records, durable: true, settings };
  let server = await startPostgres(options);
  const operatorPassword = randomBytes(12).toString("hex");
  const superuserUrl = await bootstrapped(server, operatorPassword);
  const access = { host: server.host, port: server.port, database: "pitboss" };
  const operator = { ...access, user: "pitboss_operator", password: operatorPassword };
  const db = ok(await connect(operator, { platform: "bench", connections: 150 }));
  ok(await migrateShared(db));
  const owner = { namespace: "bench", name: GAME, uid: randomUUID() };
  const password = randomBytes(12).toString("hex");
  const { role } = ok(
    await provisionGame(db, { ...owner, password, connectionLimit: connections + 8 }),
  );
  const revision = await catalogued(db, owner);
  const key = ok(await seedKey(db, GAME, randomBytes(32)));
  await db.close();
  const environment = mounted(directory, { ...access, user: role, password }, revision, key);
  return {
    game: GAME,
    revision,
    get server() {
      return server;
    },
    async crash() {
      process.kill(server.child.pid, "SIGKILL");
      await server.child.exited;
      // Its sessions hold the old shared memory for a moment longer.
      const again = () => startPostgres({ ...options, port: server.port });
      server = await again()
        .catch(() => sleep(1_000).then(again))
        .catch(() => sleep(5_000).then(again));
    },
    superuserUrl,
    gameUrl: `postgres://${encodeURIComponent(role)}:${password}@${server.host}:${server.port}/pitboss`,
    environment: { ...environment, PITBOSS_DATABASE_POOL: String(connections) },
    stop: () => server.stop(),
  };
}

async function bootstrapped(server: Postgres, operatorPassword: string): Promise<string> {
  await withClient(server.superuserUrl, (client) => client.query("CREATE DATABASE pitboss"));
  const url = new URL(server.superuserUrl);
  url.pathname = "/pitboss";
  const lobbyPassword = randomBytes(12).toString("hex");
  await withClient(url.href, (client) =>
    bootstrap(client, { database: "pitboss", operatorPassword, lobbyPassword }),
  );
  return url.href;
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function catalogued(
  db: Parameters<typeof saveProof>[0],
  owner: { namespace: string; name: string; uid: string },
): Promise<string> {
  const engine = engines.get("coin-flip");
  const compiled = engine ? compile(engine, CONFIG) : undefined;
  if (!engine || !compiled || "problems" in compiled) throw new Error("coin-flip does not compile");
  const { revision } = compiled;
  const math = { engine: engine.name, engineVersion: engine.version, config: CONFIG as Json };
  const maxMultiplier = toText(engine.maxMultiplier(compiled.prepared));
  await saveProof(db, { ...math, revision, engineDigest: "bench", maxMultiplier, proof: {} });
  const stake = { min: "25", max: "10000", step: "25", maxPayout: "1000000000000" };
  await saveCatalogue(db, {
    ...owner,
    ...math,
    title: GAME,
    revision,
    state: "Active",
    stakes: [{ currency: "USD", digits: 2, ...stake }],
    openTimeoutSeconds: 3600,
    returns: {},
    path: `/games/${GAME}`,
    ready: true,
  });
  return revision;
}

function mounted(
  directory: string,
  database: Record<string, string | number>,
  revision: string,
  key: Buffer,
): Record<string, string> {
  const folder = join(directory, "mounts");
  mkdirSync(join(folder, "database"), { recursive: true });
  for (const [name, value] of Object.entries(database)) {
    writeFileSync(join(folder, "database", name), String(value));
  }
  const engineVersion = engines.get("coin-flip")?.version;
  const math = { engine: "coin-flip", engineVersion, config: CONFIG, revision };
  writeFileSync(join(folder, "revision.json"), JSON.stringify(math));
  writeFileSync(join(folder, "seed-key"), key.toString("hex"));
  return {
    PITBOSS_GAME: GAME,
    PITBOSS_NAMESPACE: "bench",
    PITBOSS_REVISION_FILE: join(folder, "revision.json"),
    PITBOSS_DATABASE_DIR: join(folder, "database"),
    PITBOSS_SEED_KEY_FILE: join(folder, "seed-key"),
  };
}
