import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { audit } from "../e2e/books.ts";
import { coinFlipGame, heads } from "../e2e/games.ts";
import { type Platform, platform } from "../e2e/platform.ts";
import { Player } from "../e2e/player.ts";
import { podPids, stopServer } from "../e2e/processes.ts";
import { verifyOffline } from "../e2e/verify-offline.ts";
import { stopAll } from "../harness/session.ts";
import { until } from "../harness/until.ts";

/**
 * `node test/long/jackpots.ts [players] [seconds]`: players of one Game that feeds two jackpots, while runtime pods, lobby pods and PostgreSQL
 * are killed at random on a whole platform. Prints one JSON line with what was wrong; exit 1 where anything was.
 */
const [players = 200, seconds = 60] = process.argv.slice(2).map(Number);
const GAME = "drill-flip";
const JACKPOTS = ["drill-must", "drill-drawn"];

const jackpot = (name: string, spec: object) => ({
  ...{ apiVersion: "pitboss.dev/v1alpha1", kind: "Jackpot" },
  ...{ metadata: { name, namespace: "casino" }, spec: { currency: "USD", ...spec } },
});

let wrong: string[] = ["the drill did not come to its end"];
try {
  const result = await drill(await platform());
  wrong = result.wrong;
  process.stdout.write(
    `${JSON.stringify({ bench: "jackpots-platform", players, seconds, ...result })}\n`,
  );
} finally {
  await stopAll();
}
process.exit(wrong.length > 0 ? 1 : 0);

async function drill(pitboss: Platform) {
  const terms = { contribution: "1/70", overflowShare: "0.2" };
  await pitboss.kubectl.apply(
    jackpot("drill-must", { ...terms, seed: "10", ceiling: "14", trigger: { mustHitBy: "14" } }),
    jackpot("drill-drawn", {
      ...terms,
      seed: "5",
      ceiling: "50",
      trigger: { oneIn: "100", per: "1.00" },
    }),
    coinFlipGame(GAME, { replicas: 2, jackpots: JACKPOTS.map((name) => ({ name })) }),
  );
  await pitboss.kubectl.wait(`game/${GAME}`, "condition=Ready", "casino");
  const all: Player[] = [];
  for (let i = 0; i < players; i++) all.push(await Player.arrive(pitboss, "10000.00"));
  const deadline = Date.now() + seconds * 1_000;
  const kills = killUntil(pitboss, deadline);
  const counts = await Promise.all(all.map((player) => playUntil(player, deadline)));
  const died = await kills;
  const rounds = counts.reduce((sum, count) => sum + count, 0);
  return { rounds, ...died, ...(await findings(pitboss, rounds)) };
}

/** A careful player: the same key until an answer comes. */
async function playUntil(player: Player, deadline: number): Promise<number> {
  let rounds = 0;
  while (Date.now() < deadline) {
    await player.betUntilAnswered(GAME, heads, 120);
    rounds += 1;
  }
  return rounds;
}

async function killUntil(pitboss: Platform, deadline: number) {
  const died = { runtimes: 0, lobbies: 0, databases: 0 };
  const pods = [
    { of: "runtimes", selector: `pitboss.dev/game=${GAME}`, namespace: "casino" },
    { of: "lobbies", selector: "app.kubernetes.io/name=pitboss-lobby", namespace: "pitboss" },
  ] as const;
  for (let turn = 0; Date.now() < deadline; turn++) {
    await sleep(2_000 + randomInt(2_000));
    if (turn % 5 === 4) {
      const start = await stopServer(pitboss, "postgres");
      await sleep(randomInt(2_000));
      await start();
      died.databases += 1;
      continue;
    }
    const victims = pods[turn % 2] ?? pods[0];
    const pids = await podPids(pitboss, victims.selector, victims.namespace);
    const pid = pids[randomInt(Math.max(pids.length, 1))];
    if (pid !== undefined && killed(pid)) died[victims.of] += 1;
  }
  return died;
}

function killed(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** What an auditor finds once every contribution is counted. */
async function findings(pitboss: Platform, rounds: number) {
  // PostgreSQL may be on its way back from its last death.
  const client = await until("the database answers", async () => {
    const fresh = new pg.Client({ connectionString: pitboss.database });
    await fresh.connect();
    return fresh;
  });
  try {
    const ask = async (text: string) => (await client.query(text, [JACKPOTS])).rows;
    await until(
      "all contributions are counted",
      async () => {
        const rows = await ask(
          "SELECT FROM pitboss.jackpot_incoming i JOIN pitboss.jackpots j ON j.id = i.jackpot WHERE j.name = ANY ($1)",
        );
        return rows.length === 0;
      },
      120,
    );
    const books = await ask("SELECT * FROM pitboss.jackpot_books WHERE name = ANY ($1)");
    const wins = await ask(
      `SELECT w.id, w.cycle, w.trigger, w.status, j.namespace, j.name,
              (SELECT count(*)::int FROM pitboss.transfers t WHERE t.kind = 'jackpot' AND t.round = w.round AND t.debit = j.account
                 AND t.amount = w.amount) AS paid
         FROM pitboss.jackpot_wins w JOIN pitboss.jackpots j ON j.id = w.jackpot WHERE j.name = ANY ($1)`,
    );
    const contributions = await ask(
      "SELECT count(*)::int AS n FROM pitboss.jackpot_contributions c JOIN pitboss.jackpots j ON j.id = c.jackpot WHERE j.name = ANY ($1)",
    );
    const ledger = await audit(pitboss.database ?? "", GAME);
    const cycles = new Set(wins.map(({ name, cycle }) => `${name}/${cycle}`));
    const unproven = await unprovenWins(pitboss, wins);
    const checks = [
      { is: books.length === JACKPOTS.length, says: "a jackpot has no books" },
      ...books.map((book) => ({
        is: Number(book.difference) === 0 && Number(book.uncounted) === 0,
        says: `the books of ${book.name} are out by ${book.difference}`,
      })),
      { is: wins.length > 10, says: `only ${wins.length} wins` },
      {
        is: wins.every(({ paid, status }) => paid === 1 && status === "paid"),
        says: "a win is not paid once",
      },
      { is: cycles.size === wins.length, says: "one pool has two winners" },
      {
        is: contributions[0].n === 2 * rounds,
        says: `${contributions[0].n} contributions of ${rounds} rounds`,
      },
      { is: ledger.rounds === rounds, says: `${ledger.rounds} rounds stored, ${rounds} answered` },
      {
        is: ledger.wrongBalances + ledger.wrongRounds === 0,
        says: "the ledger and the rounds differ",
      },
      ...unproven.map((says) => ({ is: false, says })),
    ];
    return { wins: wins.length, wrong: checks.filter(({ is }) => !is).map(({ says }) => says) };
  } finally {
    await client.end();
  }
}

interface Win {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
}

/** Each win's proof, as anybody gets it, must hold offline; twenty of each jackpot are tried. */
async function unprovenWins(pitboss: Platform, wins: readonly Win[]): Promise<string[]> {
  const bad: string[] = [];
  for (const name of JACKPOTS) {
    for (const win of wins.filter((one) => one.name === name).slice(-20)) {
      const answer = await fetch(
        `${pitboss.url}/jackpots/${win.namespace}/${name}/wins/${win.id}/proof`,
      );
      const status = await verifyOffline(await answer.json());
      if (status !== 0) bad.push(`the win ${win.id} of ${name} is not proven`);
    }
  }
  return bad;
}
