import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { before, describe, it } from "mocha";
import type { Platform } from "./platform.ts";
import { platform } from "./platform.ts";
import { Player, type Round } from "./player.ts";

interface Line {
  engine: string;
  bet: unknown;
  /** What the settled round shows. */
  shows: string;
  /** The next action of an open round; absent: the round has one step. */
  decide?: (round: Round) => unknown;
}

const has = (round: Round, type: string) => round.legalActions.some((it) => it.type === type);

const lines: Line[] = [
  { engine: "coin-flip", bet: { side: "tails" }, shows: "side" },
  { engine: "dice", bet: { under: "49.50" }, shows: "roll" },
  { engine: "limbo", bet: { target: "2.00" }, shows: "multiplier" },
  { engine: "crash", bet: { autoCashOut: "1.01" }, shows: "multiplier", decide: () => "wait" },
  { engine: "plinko", bet: { rows: 8, risk: "low" }, shows: "slot" },
  {
    engine: "mines",
    bet: { mines: 3 },
    shows: "mines",
    decide: (round) =>
      has(round, "cashOut") ? { type: "cashOut" } : { type: "reveal", tile: round.version },
  },
  { engine: "keno", bet: { table: "classic", picks: [1, 7, 19, 40] }, shows: "drawn" },
  {
    engine: "hi-lo",
    bet: {},
    shows: "ranks",
    decide: (round) => {
      if (has(round, "cashOut")) return { type: "cashOut" };
      return { type: round.legalActions[0]?.type };
    },
  },
  {
    engine: "blackjack",
    bet: {},
    shows: "dealer",
    decide: (round) => ({ type: has(round, "decline") ? "decline" : "stand" }),
  },
  {
    engine: "roulette",
    bet: {
      bets: [
        { kind: "straight", on: [17], stake: "1.00" },
        { kind: "red", stake: "2.00" },
      ],
    },
    shows: "number",
  },
  {
    engine: "baccarat",
    bet: {
      bets: [
        { on: "banker", stake: "2.00" },
        { on: "tie", stake: "1.00" },
      ],
    },
    shows: "banker",
  },
  {
    engine: "video-poker",
    bet: {},
    shows: "final",
    decide: () => ({ type: "hold", hold: [true, true, false, false, false] }),
  },
  { engine: "slots", bet: {}, shows: "spins" },
];

describe("the thirteen engines", function () {
  this.timeout(300_000);
  let pitboss: Platform;

  before(async () => {
    pitboss = await platform();
  });

  for (const { engine, bet, shows, decide } of lines) {
    it(`plays ${engine} from the bet to the proof`, async () => {
      const player = await Player.arrive(pitboss);
      const stake = "bets" in (bet as object) ? "3.00" : "1.00";
      const placed = await player.bet(engine, { stake, currency: "USD", bet });
      assert.equal(placed.status, 201, JSON.stringify(placed.body));
      const round = await playOut(player, engine, placed.body, decide);
      assert.equal(round.state, "settled");
      assert.ok(shows in round.outcome, JSON.stringify(round.outcome));
      const balance = Number(await player.balance());
      const moved = Number(round.payout) - Number(round.stake);
      assert.equal(balance.toFixed(2), (1000 + moved).toFixed(2));
      const rotated = await player.call("POST", `/games/${engine}/fairness/rotate`, {
        body: { clientSeed: "proof-me" },
      });
      assert.equal(rotated.status, 200, JSON.stringify(rotated.body));
      const proof = await player.call("GET", `/games/${engine}/rounds/${round.id}/proof`);
      assert.equal(proof.status, 200);
      assert.deepEqual(await verdictOn(proof.body), { ok: true, problems: [] });
    });
  }
});

async function verdictOn(proof: unknown): Promise<unknown> {
  const { verify } = await import("../../games/fairness.ts");
  return verify(proof as never);
}

async function playOut(
  player: Player,
  engine: string,
  first: Round,
  decide?: (round: Round) => unknown,
): Promise<Round> {
  let round = first;
  for (let step = 0; round.state === "open" && step < 100; step++) {
    const action = decide?.(round);
    assert.ok(action, `${engine} has one step, but its round is open`);
    if (action === "wait") {
      await sleep(200);
      round = (await player.call<Round>("GET", `/games/${engine}/rounds/${round.id}`)).body;
      continue;
    }
    const acted = await player.act(engine, round, action);
    assert.equal(acted.status, 200, JSON.stringify(acted.body));
    round = acted.body;
  }
  return round;
}
