/** What the tests of all engines share: each engine's example Game behind its HTTP, and somebody who plays it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Json } from "../../games/game.ts";
import { readGame } from "../../games/manifest.ts";
import { gameRoutes } from "../../runtime/routes/index.ts";
import { type TestIssuer, type TestReply, testApp } from "../../runtime/testing.ts";
import type { TestDatabase } from "../harness/database.ts";
import { type ListedGame, listedGame, type TestStakes } from "../harness/game.ts";

export interface ValidRequest {
  readonly stake: string;
  readonly bet: { readonly [field: string]: Json };
}

/** Bets on each engine's example, with a stake that fits. */
export const requests: { readonly [engine: string]: readonly ValidRequest[] } = {
  baccarat: [
    { stake: "1.00", bet: { bets: [{ on: "banker", stake: "1.00" }] } },
    {
      stake: "6.00",
      bet: {
        bets: [
          { on: "player", stake: "3.00" },
          { on: "tie", stake: "1.00" },
          { on: "playerPair", stake: "2.00" },
        ],
      },
    },
  ],
  blackjack: [{ stake: "2.00", bet: {} }],
  "coin-flip": [
    { stake: "0.25", bet: { side: "heads" } },
    { stake: "1.00", bet: { side: "tails" } },
  ],
  crash: [
    { stake: "1.00", bet: {} },
    { stake: "2.00", bet: { autoCashOut: "1.02" } },
  ],
  dice: [
    { stake: "1.00", bet: { under: "50.50" } },
    { stake: "2.00", bet: { over: "2.00" } },
  ],
  "hi-lo": [{ stake: "1.00", bet: {} }],
  keno: [
    { stake: "1.00", bet: { table: "classic", picks: [1, 2, 40] } },
    { stake: "2.00", bet: { table: "low", picks: [7] } },
  ],
  limbo: [
    { stake: "1.00", bet: { target: "2.00" } },
    { stake: "1.00", bet: { target: "1.01" } },
  ],
  mines: [
    { stake: "1.00", bet: { mines: 1 } },
    { stake: "1.00", bet: { mines: 5 } },
  ],
  plinko: [
    { stake: "0.10", bet: { rows: 8, risk: "low" } },
    { stake: "1.00", bet: { rows: 12, risk: "high" } },
  ],
  roulette: [
    { stake: "0.10", bet: { bets: [{ kind: "straight", on: [7], stake: "0.10" }] } },
    {
      stake: "1.00",
      bet: {
        bets: [
          { kind: "red", stake: "0.50" },
          { kind: "dozen", on: 2, stake: "0.30" },
          { kind: "corner", on: [1, 2, 4, 5], stake: "0.20" },
        ],
      },
    },
  ],
  slots: [{ stake: "1.00", bet: {} }],
  "video-poker": [{ stake: "0.25", bet: {} }],
};

/** A round as its player reads it. */
export interface Round {
  id: string;
  state: string;
  version: number;
  stake: string;
  payout: string | null;
  bet: { [field: string]: Json };
  outcome: { [field: string]: Json };
  legalActions: { type: string }[];
  createdAt: string;
  fairness: { serverSeedHash: string; clientSeed: string; nonce: number };
}

export interface Table {
  readonly listed: ListedGame;
  /** The game's limits in dollars. */
  readonly stakes: TestStakes;
  readonly sweep: () => Promise<number>;
  seat(balance?: bigint): Promise<Seat>;
  close(): Promise<void>;
}

/** A player with money at one game. */
export interface Seat {
  readonly player: string;
  readonly token: string;
  get(path: string): Promise<TestReply>;
  /** `body` is sent as it is where it is text. */
  post(path: string, body: object | string): Promise<TestReply>;
  balance(): Promise<bigint>;
}

/** The example Game of an engine: its configuration and its limits in dollars. */
function example(engine: string): { config: Json; stakes: TestStakes } {
  const file = new URL(`../../games/${engine}/game.yaml`, import.meta.url);
  const read = readGame(readFileSync(file, "utf8"));
  if ("problems" in read) assert.fail(JSON.stringify(read.problems));
  const { config, stakes } = read.request;
  const dollars = stakes.find((it) => it.currency === "USD") ?? assert.fail();
  const { currency, digits, min, max, step, maxPayout } = dollars;
  const limits = { min: `${min}`, max: `${max}`, step: `${step}`, maxPayout: `${maxPayout}` };
  return { config, stakes: { currency, digits, ...limits } };
}

/** Opens the example Game of an engine: a pod on PostgreSQL, and its routes over HTTP. */
export async function openTable(
  database: TestDatabase,
  issuer: TestIssuer,
  engine: string,
): Promise<Table> {
  const { config, stakes } = example(engine);
  const listed = await listedGame(database, engine, config, { stakes: [stakes] });
  const pod = await listed.pod();
  const { name: game, compiled } = listed;
  const routes = gameRoutes({ ...pod, game, compiled });
  const app = await testApp(routes, issuer);
  return {
    listed,
    stakes,
    sweep: () => pod.sweep(),
    async seat(balance = 100_000_000n) {
      const player = await listed.player(balance);
      const token = await issuer.token(player, { exp: Math.floor(Date.now() / 1000) + 3600 });
      const at = (path: string) => `/games/${game}${path}`;
      return {
        player,
        token,
        get: (path) => app.call("GET", at(path), { token }),
        post: (path, body) => {
          const raw = typeof body === "string" ? body : JSON.stringify(body);
          return app.call("POST", at(path), { token, key: randomUUID(), raw });
        },
        balance: () => listed.balance(player),
      };
    },
    async close() {
      await app.stop();
      await listed.close();
    },
  };
}

/** Places a bet that must be taken. */
export async function placed(seat: Seat, { stake, bet }: ValidRequest): Promise<Round> {
  const reply = await seat.post("/rounds", { stake, currency: "USD", bet });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
}

/** A legal action of an open round; `pick(n)` chooses among n. */
export function legalAction(round: Round, pick: (n: number) => number): { [field: string]: Json } {
  const { type } = round.legalActions[pick(round.legalActions.length)] ?? assert.fail();
  if (type === "reveal") {
    const open = round.outcome["safe"] as number[];
    const left = Array.from({ length: 25 }, (_, tile) => tile).filter((it) => !open.includes(it));
    return { type, tile: left[pick(left.length)] ?? assert.fail() };
  }
  if (type === "hold") return { type, hold: Array.from({ length: 5 }, () => pick(2) === 1) };
  return { type };
}
