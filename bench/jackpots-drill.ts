import assert from "node:assert/strict";
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Json } from "../games/game.ts";
import { verify } from "../games/verify.ts";
import { verifyWin } from "../games/verify-win.ts";
import { stopAll } from "../test/harness/session.ts";
import { type Casino, openCasino } from "./casino.ts";
import { print, rounded } from "./figure.ts";
import { type Served, serve } from "./serve.ts";

const PLAYERS = 200;
const SECONDS = 60;
const RUNTIMES = 2;
/** Of each runtime. */
const CONNECTIONS = 4;
const SEQUENCERS = 3;
/** Between one kill, once what was killed is back, and the next. */
const PAUSE_MS = 1_500;
/** Wins by a draw whose round's own proof is asked for and verified too. */
const ROUNDS_PROVED = 100;

const JACKPOTS = [
  {
    ...{ name: "must-hit", seed: "1000", ceiling: "4000", contribution: "1/7" },
    ...{ overflowShare: "1/3", mustHitBy: "3000" },
  },
  {
    ...{ name: "drawn", seed: "500", ceiling: "100000", contribution: "3/997" },
    ...{ overflowShare: "2/11", oneIn: "100", per: "100" },
  },
];

/**
 * 200 players for a minute on a game with two jackpots that are won all the time, while runtimes, sequencers' sessions
 * and PostgreSQL are killed at random. Afterwards: every answered round fed both jackpots, the books balance to the
 * last fraction, each win was paid once, and each is proven from its commitment or its round's seed.
 */
export async function jackpotsDrill(): Promise<void> {
  const casino = await openCasino(CONNECTIONS);
  const books = new pg.Pool({ connectionString: casino.superuserUrl, max: SEQUENCERS + 3 });
  books.on("error", () => undefined);
  const runtimes = await started(casino);
  try {
    await make(books, casino.game);
    let playing = true;
    const going = () => playing;
    const chaos = havoc(casino, books, runtimes, going);
    const sequencers = Array.from({ length: SEQUENCERS }, () => sequence(books, going));
    const end = performance.now() + 1000 * SECONDS;
    const played = await Promise.all(
      Array.from({ length: PLAYERS }, (_, i) => play(casino.game, runtimes, i, end)),
    );
    playing = false;
    const [kills] = await Promise.all([chaos, ...sequencers]);
    const served = runtimes[0] ?? assert.fail();
    await report(casino, books, served, played.flat(), kills);
  } finally {
    await books.end();
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
    await casino.stop();
  }
  await stopAll();
}

async function started(casino: Casino): Promise<Served[]> {
  const runtimes: Served[] = [];
  for (let i = 0; i < RUNTIMES; i++) runtimes.push(await serve(casino, PLAYERS));
  return runtimes;
}

async function make(books: pg.Pool, game: string): Promise<void> {
  for (const { name, ...terms } of JACKPOTS) {
    const values = [name, JSON.stringify(terms)];
    await books.query("SELECT pitboss.save_jackpot('bench', $1, $1, 'USD', 2, $2)", values);
  }
  const list = JSON.stringify(JACKPOTS.map(({ name }) => ({ namespace: "bench", name })));
  await books.query("SELECT pitboss.bind_jackpots($1, $2)", [game, list]);
}

/** One round after the other; each request is repeated with its key until it is answered. The rounds' ids. */
async function play(
  game: string,
  runtimes: readonly Served[],
  i: number,
  end: number,
): Promise<string[]> {
  const rounds: string[] = [];
  while (performance.now() < end) {
    const key = randomUUID();
    for (;;) {
      const round = await place(game, runtimes[randomInt(runtimes.length)], i, key);
      if (round !== undefined) {
        rounds.push(round);
        break;
      }
      await sleep(50);
    }
  }
  return rounds;
}

async function place(
  game: string,
  runtime: Served | undefined,
  i: number,
  key: string,
): Promise<string | undefined> {
  if (runtime === undefined) return undefined;
  try {
    const answer = await fetch(`${runtime.url}/games/${game}/rounds`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${runtime.players[i]?.token}`,
        "content-type": "application/json",
        "idempotency-key": key,
      },
      body: JSON.stringify({ stake: "1.00", currency: "USD", bet: { side: "heads" } }),
    });
    const body = (await answer.json()) as { id: string };
    if (answer.ok) return body.id;
    assert.ok(answer.status >= 500 || answer.status === 429, JSON.stringify(body));
  } catch (error) {
    // The process or its connection is gone: the key will tell whether the round was played.
    if (error instanceof assert.AssertionError) throw error;
  }
  return undefined;
}

/** As a replica of the lobby does. A torn session took nothing. */
async function sequence(books: pg.Pool, going: () => boolean): Promise<void> {
  while (going()) {
    await books
      .query("SELECT pitboss.sequence_jackpot(id) FROM pitboss.jackpots WHERE state <> 'gone'")
      .catch(() => undefined);
    await sleep(50);
  }
}

type Kills = { [what: string]: number };

async function havoc(
  casino: Casino,
  books: pg.Pool,
  runtimes: Served[],
  going: () => boolean,
): Promise<Kills> {
  const kills = { runtimes: 0, sessions: 0, postgres: 0 };
  while (going()) {
    await sleep(PAUSE_MS);
    const what = randomInt(4);
    if (what === 0) {
      await casino.crash();
      kills.postgres += 1;
    } else if (what === 1) {
      const i = randomInt(runtimes.length);
      const victim = runtimes[i] ?? assert.fail();
      process.kill(victim.pid, "SIGKILL");
      runtimes[i] = await serve(casino, PLAYERS);
      kills.runtimes += 1;
    } else {
      const { rowCount } = await books.query(
        `SELECT pg_terminate_backend(pid) FROM (
           SELECT pid FROM pg_stat_activity WHERE query ~ 'sequence_jackpot' AND state = 'active' AND pid <> pg_backend_pid() LIMIT 1) AS one`,
      );
      kills.sessions += rowCount ?? 0;
    }
  }
  return kills;
}

async function report(
  casino: Casino,
  books: pg.Pool,
  served: Served,
  answered: readonly string[],
  kills: Kills,
): Promise<void> {
  for (;;) {
    await books.query("SELECT pitboss.sequence_jackpot(id) FROM pitboss.jackpots");
    const { rows } = await books.query("SELECT FROM pitboss.jackpot_incoming LIMIT 1");
    if (rows.length === 0) break;
  }
  const sums = await books.query(SUMS, [answered]);
  const { unanswered, ...seen } = sums.rows[0];
  assert.deepEqual(
    { ...seen, wins: undefined },
    {
      ...{ off: "0", wrong: 0, unfed: 0, unpaid: 0, twice: 0 },
      ...{ paid: seen.wins, pools: seen.wins, wins: undefined },
    },
  );
  const proved = await provable(casino, books, served);
  assert.equal(proved.wins, seen.wins);
  print({
    bench: "jackpots-drill",
    figure: seen.wins,
    unit: "jackpots won while processes were killed, each paid once and proven",
    reference: seen.paid,
    referenceIs: "credits to winners",
    players: PLAYERS,
    killed: kills,
    rounds: answered.length,
    roundsPerSecond: rounded(answered.length / SECONDS, 0),
    // Committed in the moment of a kill, and asked for no more.
    unanswered,
    roundsProved: proved.rounds,
    booksOffBy: seen.off,
  });
}

/** $1: the rounds that were answered. */
const SUMS = `
  SELECT (SELECT sum(abs(difference) + abs(uncounted))::text FROM pitboss.jackpot_books) AS off,
         (SELECT count(*)::int FROM pitboss.wrong_balances) AS wrong,
         (SELECT count(*)::int FROM unnest($1::uuid[]) AS answered
           WHERE (SELECT count(*) FROM fed WHERE fed.round = answered) <> ${JACKPOTS.length}) AS unfed,
         (SELECT count(*)::int FROM (SELECT round FROM fed GROUP BY round) AS all_rounds) - cardinality($1::uuid[]) AS unanswered,
         (SELECT count(*)::int FROM pitboss.jackpot_contributions c WHERE hit AND NOT EXISTS (
           SELECT FROM pitboss.jackpot_wins w WHERE (w.jackpot, w.position) = (c.jackpot, c.position) AND w.status = 'paid')) AS unpaid,
         (SELECT count(*)::int FROM (SELECT FROM pitboss.transfers WHERE kind = 'jackpot' GROUP BY round, debit HAVING count(*) > 1) AS t) AS twice,
         (SELECT count(*)::int FROM pitboss.transfers WHERE kind = 'jackpot') AS paid,
         (SELECT count(DISTINCT (jackpot, cycle))::int FROM pitboss.jackpot_wins) AS pools,
         (SELECT count(*)::int FROM pitboss.jackpot_wins) AS wins`.replaceAll(
  " fed ",
  " (SELECT round FROM pitboss.jackpot_contributions) AS fed ",
);

type Proof = { [field: string]: Json } & { jackpots: { hits: boolean[] }[] };

/** Every win from its commitment, and many of those by a draw from their rounds' own proofs. */
async function provable(casino: Casino, books: pg.Pool, served: Served) {
  const { rows } = await books.query(
    "SELECT pitboss.jackpot_win_proof(id) AS proof, trigger, player, round FROM pitboss.jackpot_wins",
  );
  for (const { proof } of rows) {
    assert.deepEqual(verifyWin(proof), { ok: true, problems: [] }, JSON.stringify(proof));
  }
  let rounds = 0;
  const drawn = rows.filter(({ trigger }) => trigger === "oneIn").slice(0, ROUNDS_PROVED);
  for (const { player, round } of drawn) {
    const token = served.players.find(({ name }) => name === player)?.token;
    const call = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${served.url}/games/${casino.game}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: body === undefined ? null : JSON.stringify(body),
      });
      assert.ok(answer.ok, await answer.clone().text());
      return (await answer.json()) as Proof;
    };
    await call("POST", "/fairness/rotate", { clientSeed: randomUUID() });
    const proof = await call("GET", `/rounds/${round}/proof`);
    assert.deepEqual(verify(proof), { ok: true, problems: [] });
    const hits = proof.jackpots.flatMap((jackpot) => jackpot.hits);
    assert.deepEqual(hits, [true]);
    rounds += 1;
  }
  return { wins: rows.length, rounds };
}
