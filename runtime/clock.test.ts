import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { verify } from "../games/fairness.ts";
import type { Json } from "../games/game.ts";
import { engines } from "../games/index.ts";
import { endsAfterMs, finish, payout } from "../games/play.ts";
import { stream } from "../games/seed-stream.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  moved,
  placeRequest,
} from "../test/harness/game.ts";
import { settleAfterMs } from "./endings.ts";
import { unseal } from "./seal.ts";
import type { ActRequest, OpenGame, RoundView } from "./types.ts";

/** Fast, so that a test is short: 2.00 after 0.70 s, 10.00 after 2.32 s. */
const config = { growth: "0.01", maxMultiplier: "10" };
const cashOut = { type: "cashOut" };
/** A busy machine may settle late, but never early. */
const slackMs = 4000;

function action(round: RoundView, more: Partial<ActRequest> = {}): ActRequest {
  const { player, id, version } = round;
  const key = randomBytes(8).toString("hex");
  const requestHash = hashOf({ version, key });
  return { player, round: id, key, requestHash, version, action: cashOut, ...more };
}

describe("rounds that run by the clock", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let pod: OpenGame;

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "crash", config);
    pod = await game.pod();
  });

  after(async () => {
    await game.close();
    await database.drop();
  });

  async function stored(round: string) {
    const { rows } = await game.operator.query(
      `SELECT to_jsonb(r) - 'created_at' AS row, r.actions, r.nonce, p.id AS pair, p.client_seed, encode(p.sealed, 'hex') AS sealed
         FROM "${game.schema}".rounds r JOIN "${game.schema}".seed_pairs p ON p.id = r.pair WHERE r.id = $1`,
      [round],
    );
    return rows[0];
  }

  /** When and how the round ends by itself: for the tests, which have the game's seed key. */
  async function foretold({
    player,
    id,
    bet,
  }: RoundView): Promise<{ endMs: number; payout: bigint }> {
    const { pair, sealed, client_seed: clientSeed, nonce } = await stored(id);
    const owner = { game: game.name, player, pair };
    const serverSeed = unseal(game.seedKey, owner, Buffer.from(sealed, "hex"));
    const draws = () => stream({ serverSeed, clientSeed, nonce: Number(nonce) });
    const endMs = endsAfterMs(game.compiled, bet, [], draws()) ?? assert.fail();
    return { endMs, payout: payout(100n, finish(game.compiled, bet, [], draws()).tally) };
  }

  /** An open round that ends by itself between the two, of a player who had 10.00. */
  async function opened(
    bet: Json,
    fromMs: number,
    toMs: number,
    at: OpenGame = pod,
  ): Promise<RoundView> {
    for (;;) {
      const player = await game.player(1000);
      const round = created(await at.rounds.place(placeRequest(player, bet)));
      const { endMs } = await foretold(round);
      if (endMs >= fromMs && endMs <= toMs) return round;
    }
  }

  async function seen({ player, id }: RoundView, at: OpenGame = pod): Promise<RoundView> {
    const round = await at.rounds.get(player, id);
    assert.ok("state" in round);
    return round;
  }

  async function settled(round: RoundView, at: OpenGame = pod): Promise<RoundView> {
    for (;;) {
      const now = await seen(round, at);
      if (now.state === "settled") return now;
      await sleep(20);
    }
  }

  function tookMs({ createdAt, settledAt }: RoundView): number {
    return (settledAt ?? assert.fail()).getTime() - createdAt.getTime();
  }

  it("pay a cash-out in time what the curve is at by the database's clock", async () => {
    const round = await opened({}, 2000, 3000);
    const out = moved(await pod.rounds.act(action(round)));
    const { actions } = await stored(round.id);
    const [{ at, ...taken }] = actions;
    assert.deepEqual(taken, { type: "cashOut", version: 1, by: "player" });
    assert.ok(Number.isInteger(at) && at >= 0 && 10 * at <= tookMs(out) + 1, `${at}`);
    const { cashedOut } = out.outcome as { cashedOut: string };
    assert.deepEqual(
      [out.state, out.version, out.payout],
      ["settled", 2, BigInt(cashedOut.replace(".", ""))],
    );
    assert.equal(await game.balance(round.player), 900n + (out.payout ?? 0n));
  });

  it("pay nothing for a cash-out after the bust, although the round still looks open", async () => {
    const round = await opened({}, 0, 300);
    await sleep((await foretold(round)).endMs + 50);
    const before = await seen(round);
    assert.deepEqual([before.state, before.outcome, before.legalActions], ["open", {}, [cashOut]]);
    const out = moved(await pod.rounds.act(action(round)));
    assert.deepEqual([out.state, out.payout], ["settled", 0n]);
    assert.ok(!("cashedOut" in (out.outcome as object)));
    assert.equal(await game.balance(round.player), 900n);
  });

  it("show nothing until a second after they bust, and are settled then without an action", async () => {
    const round = await opened({}, 100, 800);
    const { endMs } = await foretold(round);
    const first = await stored(round.id);
    let now: RoundView;
    for (;;) {
      // Read before a look that finds the round open, and so while it was.
      const [balance, row] = [await game.balance(round.player), await stored(round.id)];
      now = await seen(round);
      if (now.state !== "open") break;
      assert.deepEqual([balance, row, now], [900n, first, round]);
      await sleep(20);
    }
    assert.deepEqual([now.version, now.payout, now.legalActions], [1, 0n, []]);
    assert.deepEqual((await stored(round.id)).actions, []);
    assert.ok(tookMs(now) >= endMs + settleAfterMs);
    assert.ok(tookMs(now) < endMs + settleAfterMs + slackMs);
  });

  it("are stored alike, whether they bust at once or never", async () => {
    const alike = async (round: RoundView) => {
      const { id, player, pair, ...rest } = (await stored(round.id)).row;
      assert.ok(id && player && pair);
      return rest;
    };
    const [low, high] = [await opened({}, 0, 0), await opened({}, 2300, 9999)];
    assert.deepEqual(await alike(low), await alike(high));
    const shown = ({ outcome, legalActions, state, payout, version }: RoundView) => {
      return { outcome, legalActions, state, payout, version };
    };
    assert.deepEqual(shown(low), shown(high));
  });

  it("are cashed out by themselves at exactly the multiplier asked for", async () => {
    // 1.30 is reached after 27 ticks.
    let round = await opened({ autoCashOut: "1.30" }, 270, 270);
    while ((await foretold(round)).payout === 0n) {
      round = await opened({ autoCashOut: "1.30" }, 270, 270);
    }
    const out = await settled(round);
    assert.deepEqual(out.outcome, { ...(out.outcome as object), cashedOut: "1.30" });
    assert.equal(out.payout, 130n);
    assert.equal(await game.balance(round.player), 1030n);
    assert.ok(tookMs(out) >= 270 + settleAfterMs && tookMs(out) < 270 + settleAfterMs + slackMs);
    assert.deepEqual((await stored(round.id)).actions, []);
  });

  it("credit once, however many cash-outs come at a time", async () => {
    const other = await game.pod();
    const round = await opened({ autoCashOut: "9.00" }, 2000, 9999);
    const acted = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? pod : other).rounds.act(action(round))),
    );
    const done = acted.filter((it) => !("refused" in it));
    const refusals = acted.flatMap((it) => ("refused" in it ? [it.refused] : []));
    assert.equal(done.length, 1);
    assert.deepEqual(new Set(refusals), new Set(["round_settled"]));
    const { payout } = await seen(round);
    assert.equal(await game.balance(round.player), 900n + (payout ?? 0n));
  });

  it("are settled by another pod where the one that began them is gone", async () => {
    const gone = await game.pod();
    const round = await opened({}, 0, 500, gone);
    await gone.stop();
    await pod.sweep();
    assert.equal((await settled(round)).payout, 0n);
  });

  it("end at once where the game is being deleted", async () => {
    const round = await opened({ autoCashOut: "5.00" }, 1500, 9999);
    const deleting = (value: boolean) =>
      game.operator.query("UPDATE pitboss.games SET deleting = $2 WHERE name = $1", [
        game.name,
        value,
      ]);
    await deleting(true);
    await pod.sweep();
    await deleting(false);
    const out = await settled(round);
    assert.ok(tookMs(out) < 1500 + settleAfterMs + slackMs);
    assert.deepEqual((await stored(round.id)).actions, []);
  });

  it("are proven from seed and ticks, those that ended by themselves too", async () => {
    const cashed = await opened({}, 1000, 9999);
    moved(await pod.rounds.act(action(cashed)));
    const left = await opened({ autoCashOut: "1.05" }, 0, 60);
    await settled(left);
    for (const { player, id } of [cashed, left]) {
      await pod.pairs.rotate(player, `next-${id.slice(-8)}`);
      const proof = await pod.rounds.proof(player, id);
      assert.deepEqual(verify(proof as Json), { ok: true, problems: [] });
    }
    const proof = (await pod.rounds.proof(cashed.player, cashed.id)) as { actions: Json[] };
    const later = [{ ...(proof.actions[0] as object), at: 90 }];
    assert.equal(verify({ ...proof, actions: later } as Json).ok, false);
    const never = [{ type: "cashOut", version: 1, by: "player" }];
    assert.equal(verify({ ...proof, actions: never } as Json).ok, false);
  });

  it("are those of the engines that SQL knows to have a clock", async () => {
    const clocked = [...engines.values()].filter(({ clock }) => clock).map(({ name }) => name);
    const { rows } = await game.operator.query(
      "SELECT prosrc FROM pg_proc WHERE proname = 'runs_by_clock' AND pronamespace = $1::regnamespace",
      [`"${game.schema}"`],
    );
    const named = [...rows[0].prosrc.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name);
    assert.deepEqual(named, clocked);
  });
});
