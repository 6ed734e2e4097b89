import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { stopAll } from "../test/harness/session.ts";
import { type Casino, openCasino } from "./casino.ts";
import { print, rounded } from "./figure.ts";
import { type Load, load } from "./load.ts";
import { CLIENT_CPU, pin, SERVER_CPU } from "./pinned.ts";
import { type Served, serve } from "./serve.ts";

const CONNECTIONS = 8;
const PLAYERS = 200;
/** Runs with and without jackpots take turns, so that what else the machine does weighs on both. */
const TURNS = 4;
const SECONDS = 6;
const CROWDS = [1, 8, 64, 200];
/** The lobby looks for contributions so often. */
const SEQUENCE_MS = 200;

const terms = {
  ...{ seed: "100000", ceiling: "500000", contribution: "1/100", overflowShare: "1/5" },
};
const JACKPOTS = [
  { name: "must-hit", terms: { ...terms, mustHitBy: "500000" } },
  { name: "drawn", terms: { ...terms, oneIn: "10000", per: "100" } },
];

/**
 * What a bet costs on a game with two jackpots, one with a threshold and one with draws, against the same bet without:
 * rounds a second over HTTP and processor time a round, the sequencer's included. And rounds a second of 1 to 200
 * players who all feed the same jackpots.
 */
export async function jackpots(): Promise<void> {
  const casino = await openCasino(CONNECTIONS);
  const served = await serve(casino, PLAYERS);
  const books = new pg.Pool({ connectionString: casino.superuserUrl, max: 4 });
  try {
    pin(casino.server.child.pid, SERVER_CPU);
    pin(process.pid, CLIENT_CPU);
    await make(books);
    const sequencer = sequence(books);
    const play = (players: number, seconds: number) => measure(casino, served, players, seconds);
    await play(PLAYERS, 3);
    const plain: Measured[] = [];
    const fed: Measured[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      await bind(books, casino.game, []);
      plain.push(await play(PLAYERS, SECONDS));
      await bind(books, casino.game, JACKPOTS);
      fed.push(await play(PLAYERS, SECONDS));
    }
    const crowds: Crowds = {};
    for (const players of CROWDS) {
      const seen = await play(players, SECONDS);
      const cpuUs = rounded(1e6 * (seen.databaseCpu + seen.runtimeCpu), 0);
      crowds[players] = { roundsPerSecond: rounded(seen.perSecond, 0), cpuUs };
    }
    const behindMs = await sequencer.stop();
    report(plain, fed, crowds, { ...(await balanced(books)), behindMs: rounded(behindMs, 0) });
  } finally {
    pin(process.pid, `${SERVER_CPU},${CLIENT_CPU}`);
    await books.end();
    await served.stop();
    await casino.stop();
  }
  await stopAll();
}

/** By how many play at once: what they see, and what a round costs in processor time, whoever else uses the machine. */
type Crowds = Record<string, { roundsPerSecond: number; cpuUs: number }>;

function report(plain: Measured[], fed: Measured[], crowds: Crowds, books: object): void {
  const of = (runs: Measured[], value: (run: Measured) => number) =>
    runs.reduce((sum, run) => sum + value(run), 0) / runs.length;
  const cost = (value: (run: Measured) => number) => rounded(of(fed, value) / of(plain, value), 3);
  print({
    bench: "jackpots",
    figure: rounded(
      of(fed, ({ perSecond }) => perSecond),
      0,
    ),
    unit: "durable rounds/s over HTTP that feed two jackpots",
    reference: rounded(
      of(plain, ({ perSecond }) => perSecond),
      0,
    ),
    referenceIs: "the same rounds without jackpots, in turns",
    players: PLAYERS,
    databaseCpuRatio: cost(({ databaseCpu }) => databaseCpu),
    runtimeCpuRatio: cost(({ runtimeCpu }) => runtimeCpu),
    wholeCpuRatio: cost((run) => run.databaseCpu + run.runtimeCpu),
    databaseCpuUs: rounded(1e6 * of(fed, ({ databaseCpu }) => databaseCpu)),
    byPlayers: crowds,
    ...books,
  });
}

interface Measured extends Load {
  /** Processor seconds a round. */
  readonly databaseCpu: number;
  readonly runtimeCpu: number;
}

async function measure(
  casino: Casino,
  served: Served,
  players: number,
  seconds: number,
): Promise<Measured> {
  const server = casino.server.child.pid;
  const before = [cpuOfTree(server), cpuOf(served.pid)] as const;
  const path = `/games/${casino.game}/rounds`;
  const seen = await load(served.url, path, served.players.slice(0, players), seconds);
  const played = seen.statuses["201"] ?? 0;
  const others = Object.keys(seen.statuses).filter((status) => status !== "201");
  if (others.length > 0) throw new Error(`rounds were refused: ${JSON.stringify(seen.statuses)}`);
  const after = [cpuOfTree(server), cpuOf(served.pid)] as const;
  return {
    ...seen,
    databaseCpu: (after[0] - before[0]) / played,
    runtimeCpu: (after[1] - before[1]) / played,
  };
}

const TICKS_PER_SECOND = 100;

/** Processor seconds that a process has had, and its children that are over. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** The same of a process with those that it started and that still run. */
function cpuOfTree(root: number): number {
  const children = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && parentOf(name) === root,
  );
  return children.reduce((sum, pid) => sum + cpuOf(Number(pid)), cpuOf(root));
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ")[1],
    );
  } catch {
    // It is over.
    return undefined;
  }
}

async function make(books: pg.Pool): Promise<void> {
  for (const { name, terms } of JACKPOTS) {
    const values = [name, JSON.stringify(terms)];
    await books.query("SELECT pitboss.save_jackpot('bench', $1, $1, 'USD', 2, $2)", values);
  }
}

async function bind(books: pg.Pool, game: string, jackpots: typeof JACKPOTS): Promise<void> {
  const list = JSON.stringify(jackpots.map(({ name }) => ({ namespace: "bench", name })));
  await books.query("SELECT pitboss.bind_jackpots($1, $2)", [game, list]);
}

/** As the lobby does; `stop` takes what is left and says how long contributions waited at most. */
function sequence(books: pg.Pool) {
  let running = true;
  let behind = 0;
  const once = async () => {
    const { rows } = await books.query<{ id: string; behind: number }>(
      "SELECT id, behind_seconds AS behind FROM pitboss.jackpot_figures WHERE behind_seconds > 0",
    );
    for (const { id, behind: seconds } of rows) {
      behind = Math.max(behind, 1000 * seconds);
      await books.query("SELECT pitboss.sequence_jackpot($1)", [id]);
    }
    return rows.length;
  };
  const loop = (async () => {
    while (running) {
      await once();
      await sleep(SEQUENCE_MS);
    }
  })();
  return {
    async stop(): Promise<number> {
      running = false;
      await loop;
      while ((await once()) > 0);
      return behind;
    },
  };
}

async function balanced(books: pg.Pool): Promise<object> {
  const { rows } = await books.query(
    `SELECT sum(abs(difference) + abs(uncounted))::text AS off,
            (SELECT count(*)::int FROM pitboss.jackpot_wins) AS wins,
            (SELECT count(*)::int FROM pitboss.jackpot_contributions) AS contributions
       FROM pitboss.jackpot_books`,
  );
  if (rows[0].off !== "0") throw new Error(`the books are off by ${rows[0].off}`);
  return { wins: rows[0].wins, contributions: rows[0].contributions };
}
