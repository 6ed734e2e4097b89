import { stopAll } from "../test/harness/session.ts";
import { type Casino, openCasino, withClient } from "./casino.ts";
import { print, rounded } from "./figure.ts";
import { fillHistory } from "./history-fill.ts";
import { load } from "./load.ts";
import { CLIENT_CPU, pin, SERVER_CPU } from "./pinned.ts";
import { type Served, serve } from "./serve.ts";

const CONNECTIONS = 8;
const PLAYERS = 8;
const MONTHS = 12;
const ROUNDS = 10_000_000;
/** The two casinos are measured in turns, so that a machine that slows down slows both. */
const TURNS = 8;
const TURN_SECONDS = 5;
const PAGES = 300;

/** A casino, and what its players saw in each turn. */
interface Seen {
  readonly casino: Casino;
  readonly served: Served;
  readonly p50Ms: number[];
  readonly p99Ms: number[];
  readonly perSecond: number[];
  readonly pagesMs: number[];
}

/**
 * How long players wait for a round where ten million are stored already, over twelve months, against a casino with none;
 * and for a page of their own. ROUNDS in the environment stores another number.
 */
export async function history(): Promise<void> {
  const rounds = Number(process.env["ROUNDS"] ?? ROUNDS);
  const empty = await opened();
  const full = await opened();
  try {
    const begun = performance.now();
    await fill(full.casino, full.served, rounds);
    const fillSeconds = (performance.now() - begun) / 1000;
    for (let turn = 0; turn < TURNS; turn++) {
      for (const seen of turn % 2 === 0 ? [empty, full] : [full, empty]) await measure(seen);
    }
    // What autovacuum would have done in a minute or two. Then once for nothing: whoever is asked first would pay for the code that is not compiled yet.
    for (const seen of [empty, full]) {
      await withClient(seen.casino.superuserUrl, (client) => client.query("VACUUM (ANALYZE)"));
      await listed(seen);
    }
    for (const seen of [empty, full]) seen.pagesMs.push(...(await listed(seen)));
    report(empty, full, { rounds, fillSeconds: rounded(fillSeconds, 0) });
  } finally {
    for (const { served, casino } of [empty, full]) {
      await served.stop();
      await casino.stop();
    }
  }
  await stopAll();
}

async function opened(): Promise<Seen> {
  const casino = await openCasino(CONNECTIONS);
  pin(casino.server.child.pid, SERVER_CPU);
  const served = await serve(casino, PLAYERS);
  return { casino, served, p50Ms: [], p99Ms: [], perSecond: [], pagesMs: [] };
}

function fill({ superuserUrl, game, revision }: Casino, { players }: Served, rounds: number) {
  const names = players.map(({ name }) => name);
  const filling = { game, revision, rounds, months: MONTHS, players: names, playersMin: 10_000 };
  return withClient(superuserUrl, (client) => fillHistory(client, filling));
}

async function measure({ casino, served, p50Ms, p99Ms, perSecond }: Seen): Promise<void> {
  pin(process.pid, CLIENT_CPU);
  const path = `/games/${casino.game}/rounds`;
  await load(served.url, path, served.players, 1);
  const { statuses, ...seen } = await load(served.url, path, served.players, TURN_SECONDS);
  if (Object.keys(statuses).join() !== "201") throw new Error(JSON.stringify(statuses));
  p50Ms.push(seen.p50Ms);
  p99Ms.push(seen.p99Ms);
  perSecond.push(seen.perSecond);
  pin(process.pid, `${SERVER_CPU},${CLIENT_CPU}`);
}

/** How long pages of one player's rounds take, from the newest on, then from the newest again. */
async function listed({ casino, served }: Seen): Promise<number[]> {
  const pagesMs: number[] = [];
  const headers = { authorization: `Bearer ${served.players[0]?.token}` };
  let next: string | null = null;
  for (let page = 0; page < PAGES; page++) {
    const cursor: string = next === null ? "" : `&cursor=${next}`;
    const begun = performance.now();
    const url = `${served.url}/games/${casino.game}/rounds?limit=50${cursor}`;
    const answer = await fetch(url, { headers });
    next = ((await answer.json()) as { next: string | null }).next;
    pagesMs.push(performance.now() - begun);
  }
  return pagesMs;
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? Number.NaN;
}

function report(empty: Seen, full: Seen, details: { rounds: number; fillSeconds: number }): void {
  const median = (values: readonly number[]) => quantile(values, 0.5);
  const line = (unit: string, of: (seen: Seen) => number, more: object = {}) =>
    print({
      bench: "history",
      figure: rounded(of(full), 2),
      unit,
      reference: rounded(of(empty), 2),
      referenceIs: "the same with none stored, in turns",
      ...details,
      ...more,
    });
  line("ms a round over HTTP, p50", ({ p50Ms }) => median(p50Ms), {
    perSecond: rounded(median(full.perSecond), 0),
    perSecondOfNone: rounded(median(empty.perSecond), 0),
  });
  line("ms a round over HTTP, p99", ({ p99Ms }) => median(p99Ms));
  line("ms a page of 50 rounds of a player, p50", ({ pagesMs }) => median(pagesMs));
  line("ms a page of 50 rounds of a player, p99", ({ pagesMs }) => quantile(pagesMs, 0.99));
}
