import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stopAll, testFolder } from "../test/harness/session.ts";
import { type Casino, openCasino, withClient } from "./casino.ts";
import { print, rounded } from "./figure.ts";
import { load } from "./load.ts";
import { CLIENT_CPU, outputOf, pin, SERVER_CPU, startPinned } from "./pinned.ts";
import { serve } from "./serve.ts";

const SECONDS = 15;
/** Rounds under way at once: pgbench's clients have one each, the players share the runtime's pool. */
const SHAPES = [
  { connections: 8, players: 8 },
  { connections: 8, players: 64 },
  { connections: 32, players: 32 },
];

/**
 * Durable coin-flip rounds a second over HTTP, token and all, against pgbench that makes the same SQL
 * call, prepared, one round a call, over as many connections. PostgreSQL has one processor in both;
 * runtime and load together have the one that pgbench has.
 */
export async function rounds(): Promise<void> {
  for (const shape of SHAPES) {
    const casino = await openCasino(shape.connections);
    try {
      pin(casino.server.child.pid, SERVER_CPU);
      const reference = await pgbench(casino, shape.connections);
      const { perSecond, p50Ms, p99Ms, statuses, batch } = await overHttp(casino, shape.players);
      print({
        bench: "rounds",
        figure: rounded(perSecond, 0),
        unit: "durable rounds/s over HTTP",
        reference: rounded(reference, 0),
        referenceIs: "pgbench -M prepared, the same call, one round a call",
        ...shape,
        p50Ms: rounded(p50Ms),
        p99Ms: rounded(p99Ms),
        roundsPerCall: rounded(batch),
        statuses,
      });
    } finally {
      await casino.stop();
    }
  }
  await stopAll();
}

/** pgbench's rounds a second: every client is a player, with a seed pair and a nonce that goes on. */
async function pgbench({ gameUrl, superuserUrl, game, revision }: Casino, clients: number) {
  await withClient(superuserUrl, async (client) => {
    for (let i = 0; i < clients; i++) {
      await client.query("SELECT pitboss.cashier_transfer($1, 'USD', 1000000000, $2)", [
        `pgbench-${i}`,
        `fund-pgbench-${i}`,
      ]);
    }
    await client.query(
      `INSERT INTO "game_${game}".seed_pairs (id, player, state, server_seed_hash, sealed, client_seed, client_seed_by)
         SELECT ('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'pgbench-' || i, 'active',
                sha256(i::text::bytea), repeat('x', 60)::bytea, 'bench', 'house' FROM generate_series(0, $1 - 1) i`,
      [clients],
    );
  });
  const folder = await testFolder();
  const script = join(folder.path, "round.sql");
  writeFileSync(
    script,
    `\\set nonce :nonce + 1
SELECT status FROM "game_${game}".play(jsonb_build_array(jsonb_build_object('item', 0,
  'player', 'pgbench-' || :client_id::int, 'key', :client_id::int || '-' || :nonce::int, 'hash', repeat('ab', 32),
  'round', uuidv7(), 'revision', '${revision}', 'currency', 'USD', 'stake', '100', 'bound', '196',
  'pair', '00000000-0000-7000-8000-' || lpad(:client_id::int::text, 12, '0'), 'nonce', :nonce::int,
  'bet', '{"side":"heads"}'::jsonb, 'payout', '196', 'outcome', '{"side":"heads"}'::jsonb,
  'legal_actions', '[]'::jsonb, 'digest', repeat('cd', 32), 'expected', 98)));
`,
  );
  const args = ["-n", "-M", "prepared", "-c", String(clients), "-j", "1", "-T", String(SECONDS)];
  const child = startPinned(CLIENT_CPU, "pgbench", [
    ...args,
    "-D",
    "nonce=-1",
    "-f",
    script,
    gameUrl,
  ]);
  const output = await outputOf(child);
  const played = await withClient(superuserUrl, (client) =>
    client.query(`SELECT count(*)::int AS n FROM "game_${game}".rounds`),
  );
  const perSecond = Number(/tps = ([\d.]+)/.exec(output)?.[1]);
  if (played.rows[0].n < perSecond * SECONDS * 0.9) {
    throw new Error(`pgbench's calls were refused: ${played.rows[0].n} rounds of ${output}`);
  }
  return perSecond;
}

async function overHttp(casino: Casino, count: number) {
  const served = await serve(casino, count);
  try {
    pin(process.pid, CLIENT_CPU);
    const path = `/games/${casino.game}/rounds`;
    await load(served.url, path, served.players, 3);
    const seen = await load(served.url, path, served.players, SECONDS);
    return { ...seen, batch: await meanBatch(`${served.operationsUrl}/metrics`) };
  } finally {
    pin(process.pid, `${SERVER_CPU},${CLIENT_CPU}`);
    await served.stop();
  }
}

async function meanBatch(url: string): Promise<number> {
  const text = await (await fetch(url)).text();
  const value = (suffix: string) =>
    Number(new RegExp(`^pitboss_batch_rounds${suffix}(?:{[^}]*})? (\\S+)`, "m").exec(text)?.[1]);
  return value("_sum") / value("_count");
}
