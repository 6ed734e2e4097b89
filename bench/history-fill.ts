import type pg from "pg";

export interface Filling {
  /** Of a coin-flip game. */
  readonly game: string;
  readonly revision: string;
  readonly rounds: number;
  /** Past months, each of which gets its share. */
  readonly months: number;
  /** Who played them, each a share: the first of these, and as many others as it takes to have this number. */
  readonly players: readonly string[];
  readonly playersMin: number;
}

/** Rounds that one transaction writes. */
const chunk = 500_000;

/**
 * Writes settled rounds of past months by SQL alone: rounds, transfers and keys, each like one that was played. A
 * partition gets its indexes when it is attached, so that ten million rounds take minutes. As a superuser.
 */
export async function fillHistory(client: pg.Client, filling: Filling): Promise<void> {
  const { game, rounds, months } = filling;
  await client.query("SET timezone = 'UTC'; SET synchronous_commit = off; SET work_mem = '256MB'");
  await client.query("SET maintenance_work_mem = '512MB'");
  await client.query(`SET search_path = "game_${game}", pitboss`);
  await writePlayers(client, filling);
  const upTo = (month: number) => Math.ceil((rounds * month) / months);
  for (let month = 1; month <= months; month++) {
    const ago = months - month + 1;
    const share = upTo(month) - upTo(month - 1);
    const parts = [part("rounds", ago), part("transfers", ago)];
    for (const { child, parent } of parts) {
      await client.query(
        `CREATE TABLE ${child} (LIKE ${parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`,
      );
    }
    for (let done = 0; done < share; done += chunk) {
      await writeRounds(client, filling, ago, Math.min(chunk, share - done));
    }
    for (const { child, parent, from, to } of parts) {
      await client.query(
        `ALTER TABLE ${parent} ATTACH PARTITION ${child} FOR VALUES FROM ('${from}') TO ('${to}')`,
      );
    }
    console.error(`${share} rounds of ${ago} months ago`);
  }
  await client.query("VACUUM (ANALYZE)");
  await client.query("CHECKPOINT");
}

/** A past month's partition, as pitboss.add_partitions names it. */
function part(table: "rounds" | "transfers", ago: number) {
  const first = monthsAgo(ago);
  const name = `${table}_${first.toISOString().slice(0, 7).replace("-", "_")}`;
  const home = table === "transfers" ? "pitboss." : "";
  const from = firstId(first);
  return { child: home + name, parent: home + table, from, to: firstId(monthsAgo(ago - 1)) };
}

function monthsAgo(ago: number): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - ago, 1));
}

/** The smallest UUID of version 7 of that moment, as pitboss.first_id. */
function firstId(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** Players with accounts, and a seed pair that all of their old rounds were played on. */
async function writePlayers(
  client: pg.Client,
  { game, players, playersMin }: Filling,
): Promise<void> {
  const others = Array.from(
    { length: Math.max(0, playersMin - players.length) },
    (_, i) => `old-${i}`,
  );
  await client.query(
    `CREATE TEMP TABLE old_players AS
       SELECT place::integer, player, uuidv7() AS pair, NULL::bigint AS account, NULL::bigint AS house
         FROM unnest($1::text[]) WITH ORDINALITY AS named (player, place)`,
    [[...players, ...others]],
  );
  await client.query("SELECT open_balance(player, 'USD') FROM old_players");
  await client.query(
    `UPDATE old_players o SET account = b.account, house = h.id FROM balances b, accounts h
      WHERE b.player = o.player AND b.currency = 'USD' AND h.kind = 'house' AND h.name = $1 AND h.currency = 'USD'`,
    [game],
  );
  await client.query(
    `INSERT INTO seed_pairs (id, player, state, server_seed_hash, sealed, client_seed, client_seed_by, nonce, revealed_at)
       SELECT pair, player, 'revealed', sha256(player::bytea), repeat('x', 60)::bytea, 'old', 'house', 1000000000, now()
         FROM old_players`,
  );
  await client.query("CREATE UNIQUE INDEX ON old_players (place); ANALYZE old_players");
}

/** Coin flips at random moments of a month: 1.00 each, half of them paid 1.96. Keys go in sorted, as an index likes it. */
async function writeRounds(
  client: pg.Client,
  { game, revision, players, playersMin }: Filling,
  ago: number,
  count: number,
): Promise<void> {
  const people = Math.max(playersMin, players.length);
  const [from, to] = [monthsAgo(ago), monthsAgo(ago - 1)];
  await client.query("BEGIN");
  await client.query(
    `CREATE TEMP TABLE old_rounds ON COMMIT DROP AS
       SELECT uuidv7(at - clock_timestamp()) AS id, at, player, pair, account, house, won, i AS nonce
         FROM (SELECT i, $1::timestamptz + ($2::timestamptz - $1::timestamptz) * 0.999 * random() AS at,
                      1 + (random() * ($3 - 1))::integer AS place, random() < 0.5 AS won
                 FROM generate_series(1, $4::integer) AS i OFFSET 0) AS drawn
         JOIN old_players USING (place)`,
    [from, to, people, count],
  );
  const [rounds, transfers] = [part("rounds", ago).child, part("transfers", ago).child];
  await client.query(
    `INSERT INTO ${rounds} (id, player, state, version, revision, pair, nonce, currency, digits, stake, staked, bound, payout,
                            funds_before, funds_after, bet, outcome, digest, created_at, settled_at)
       SELECT id, player, 'settled', 1, $1, pair, nonce, 'USD', 2, 100, 100, 196, CASE WHEN won THEN 196 ELSE 0 END,
              1000000, CASE WHEN won THEN 1000096 ELSE 999900 END, '{"side": "heads"}',
              CASE WHEN won THEN '{"side": "heads"}' ELSE '{"side": "tails"}' END::jsonb,
              sha256(uuid_send(id)), at, at
         FROM old_rounds ORDER BY id`,
    [revision],
  );
  await client.query(
    `INSERT INTO ${transfers} (id, debit, credit, player, currency, amount, kind, game, round, created_at)
       SELECT uuidv7(at - clock_timestamp()), account, house, account, 'USD', 100, 'stake', $1, id, at FROM old_rounds
       UNION ALL
       SELECT uuidv7(at - clock_timestamp()), house, account, account, 'USD', 196, 'payout', $1, id, at FROM old_rounds WHERE won`,
    [game],
  );
  await client.query(
    `INSERT INTO keys (player, game, key, hash, round)
       SELECT player, $1, id::text, sha256(uuid_send(id)), id FROM old_rounds ORDER BY player, id::text`,
    [game],
  );
  await client.query("COMMIT");
}
