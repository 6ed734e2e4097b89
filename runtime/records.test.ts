import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { fraction } from "../games/fraction.ts";
import type { Json } from "../games/game.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  moved,
  placeRequest,
  type TestGameOptions,
} from "../test/harness/game.ts";
import { jackpotBooks, mustHitBy } from "../test/harness/jackpots.ts";
import type { PlayRecord } from "./play-record.ts";
import type { ExportRequest, OpenGame, RoundView } from "./types.ts";

/** What is written in a record's phases, without their times. */
function moneyOf({ phases }: PlayRecord) {
  return phases.map(({ version, debit, credit, before, after: left }) => {
    return [version, debit, credit, before, left].map(Number);
  });
}

describe("play records", () => {
  let database: TestDatabase;
  const games: ListedGame[] = [];

  before(async () => {
    database = await testDatabase();
  });

  after(async () => {
    for (const game of games) await game.close();
    await database?.drop();
  });

  async function open(engine: string, config: Json = {}, options: TestGameOptions = {}) {
    const game = await listedGame(database, engine, config, options);
    games.push(game);
    return { game, pod: await game.pod() };
  }

  async function recordOf(pod: OpenGame, { player, id }: RoundView): Promise<PlayRecord> {
    const record = await pod.records.get(player, id);
    if ("refused" in record) throw new Error(record.refused);
    return record;
  }

  async function act(pod: OpenGame, round: RoundView, action: Json): Promise<RoundView> {
    const { player, id, version } = round;
    const requestHash = hashOf({ version, action });
    const key = `${id} ${version}`;
    return moved(await pod.rounds.act({ player, round: id, key, requestHash, version, action }));
  }

  it("hold the funds before and after a round of one step", async () => {
    const { game, pod } = await open("coin-flip");
    const player = await game.player(1000);
    const requests = Array.from({ length: 8 }, () => placeRequest(player, { side: "heads" }));
    let funds = 1000n;
    for (const request of requests) {
      const round = created(await pod.rounds.place(request));
      const { payout, stake } = round;
      const left = funds - stake + (payout ?? 0n);
      assert.deepEqual(round.funds, { before: funds, after: left });
      const record = await recordOf(pod, round);
      assert.deepEqual(record.funds, round.funds);
      const phase = [0, 100, Number(payout), Number(funds), Number(left)];
      assert.deepEqual(moneyOf(record), [phase]);
      assert.deepEqual([record.status, record.regret, record.actions], ["complete", "0", []]);
      funds = left;
    }
    assert.equal(await game.balance(player), funds);
  });

  it("hold each step of a round of many, with what was debited on the way", async () => {
    const { game, pod } = await open("blackjack");
    for (;;) {
      const player = await game.player(1000);
      const dealt = created(await pod.rounds.place(placeRequest(player, {})));
      if (!dealt.legalActions.some(({ type }) => type === "double")) continue;
      const before = await recordOf(pod, dealt);
      assert.deepEqual([before.status, before.regret], ["in progress", null]);
      assert.deepEqual(moneyOf(before), [[0, 100, 0, 1000, 900]]);
      const over = await act(pod, dealt, { type: "double" });
      if (over.state === "open") continue;
      const paid = Number(over.payout);
      const record = await recordOf(pod, over);
      assert.deepEqual(moneyOf(record), [
        [0, 100, 0, 1000, 900],
        [1, 100, paid, 900, 800 + paid],
      ]);
      assert.deepEqual(record.funds, { before: 1000n, after: BigInt(800 + paid) });
      assert.deepEqual([record.firstStake, record.stake, record.status], [100n, 200n, "complete"]);
      assert.equal(record.actions[0]?.type, "double");
      assert.match(record.regret ?? "", /^\d+(\.\d+)?$/);
      assert.ok((record.phases[1]?.at ?? 0) >= (record.phases[0]?.at ?? 0));
      break;
    }
  });

  it("hold what the house added to each jackpot for a round, exactly", async () => {
    const { game, pod } = await open("coin-flip", { multiplier: "1.8" });
    const books = jackpotBooks(database);
    const jackpot = await books.save({ ...mustHitBy, contribution: "0.0125" });
    await books.bind(game.name, [jackpot]);
    const player = await game.player();
    const round = await untilFed(pod, player);
    const [fed] = (await recordOf(pod, round)).contributions;
    assert.deepEqual([fed?.name, fed?.amount], [jackpot.name, fraction(5, 4)]);
    await books.close();
  });

  /** A round of the pod once it knows of the jackpot. */
  async function untilFed(pod: OpenGame, player: string): Promise<RoundView> {
    for (;;) {
      const round = created(await pod.rounds.place(placeRequest(player, { side: "heads" })));
      if ((await recordOf(pod, round)).contributions.length > 0) return round;
    }
  }

  it("say that a round was left, and that the house ended it", async () => {
    const { game, pod } = await open("mines", {}, { openTimeout: "1 second" });
    const player = await game.player(1000);
    const round = created(await pod.rounds.place(placeRequest(player, { mines: 1 })));
    const { operator, schema } = game;
    const earlier = `SET created_at = created_at - interval '1 minute'`;
    await operator.query(`UPDATE "${schema}".rounds ${earlier} WHERE id = $1`, [round.id]);
    await operator.query(`UPDATE "${schema}".open_rounds ${earlier} WHERE round = $1`, [round.id]);
    assert.equal((await recordOf(pod, round)).status, "interrupted");
    assert.equal(await pod.sweep(), 1);
    const record = await recordOf(pod, round);
    assert.deepEqual([record.state, record.status], ["settled", "interrupted"]);
    assert.equal(record.actions[0]?.by, "default");
    assert.equal(record.funds.after, await game.balance(player));
    const voided = `UPDATE "${schema}".rounds SET state = 'voided' WHERE id = $1`;
    await operator.query(voided, [round.id]);
    assert.equal((await recordOf(pod, round)).status, "voided");
  });

  it("are exported oldest first, each once, by their time, and go on after a cursor", async () => {
    const { game, pod } = await open("coin-flip", { multiplier: "1.9" });
    const [ann, bob] = [await game.player(), await game.player()];
    const rounds: RoundView[] = [];
    for (let i = 0; i < 12; i++) {
      const player = i % 3 === 0 ? bob : ann;
      rounds.push(created(await pod.rounds.place(placeRequest(player, { side: "tails" }))));
    }
    const all = { from: new Date(0), to: new Date(Date.now() + 60_000), limit: 1000 };
    const exported = async (request: Partial<ExportRequest> = {}) => {
      const pages: PlayRecord[][] = [];
      for await (const page of pod.records.pages({ ...all, ...request })) pages.push([...page]);
      return pages.flat().map(({ id }) => id);
    };
    const ids = rounds.map(({ id }) => id);
    assert.deepEqual(await exported(), ids);
    const hers = rounds.filter(({ player }) => player === ann).map(({ id }) => id);
    assert.deepEqual(await exported({ player: ann }), hers);
    assert.deepEqual(await exported({ limit: 5 }), ids.slice(0, 5));
    assert.deepEqual(await exported({ after: ids[4] ?? "", limit: 5 }), ids.slice(5, 10));
    const [from, to] = [rounds[3]?.createdAt ?? all.from, rounds[9]?.createdAt ?? all.to];
    const within = rounds.filter(({ createdAt }) => createdAt >= from && createdAt < to);
    const inside = await exported({ from, to });
    assert.deepEqual(
      inside,
      within.map(({ id }) => id),
    );
    const stranger = await pod.records.get(bob, hers[0] ?? "");
    assert.ok("refused" in stranger && stranger.refused === "not_found");
  });
});
