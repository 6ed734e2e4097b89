import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Json } from "../games/game.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  placeRequest,
} from "../test/harness/game.ts";
import type { OpenGame, PlaceRequest } from "./types.ts";

const bet = { side: "heads" };

describe("rounds of one step", () => {
  let database: TestDatabase;
  let game: ListedGame;
  let pod: OpenGame;
  let other: OpenGame;

  before(async () => {
    database = await testDatabase();
    game = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    [pod, other] = await Promise.all([game.pod(), game.pod()]);
  });

  after(async () => {
    await game.close();
    await database.drop();
  });

  async function refusal(player: string, more: Partial<PlaceRequest>, with_: Json = bet) {
    const placed = await pod.rounds.place(placeRequest(player, with_, more));
    assert.ok("refused" in placed, "nothing was refused");
    return placed;
  }

  it("debits, draws, credits and answers a settled round", async () => {
    const player = await game.player(1000);
    const round = created(await pod.rounds.place(placeRequest(player, bet)));
    assert.equal(round.state, "settled");
    const win = (round.outcome as { side: string }).side === "heads";
    assert.equal(round.payout, win ? 196n : 0n);
    assert.equal(await game.balance(player), 900n + (round.payout ?? 0n));
    assert.deepEqual(await pod.rounds.get(player, round.id), round);
  });

  it("answers the same key and request with the round as it is, on every pod", async () => {
    const player = await game.player();
    const request = placeRequest(player, bet);
    const round = created(await pod.rounds.place(request));
    assert.deepEqual(await pod.rounds.place(request), { replayed: round });
    assert.deepEqual(await other.rounds.place(request), { replayed: round });
  });

  it("looks the key up before anything else: a changed request is a mismatch, a repeated one a replay", async () => {
    const player = await game.player(100);
    const request = placeRequest(player, bet);
    const round = created(await pod.rounds.place(request));
    const changed = { requestHash: hashOf({ other: true }), stake: 3n, bet: { side: "edge" } };
    const placed = await pod.rounds.place({ ...request, ...changed });
    assert.equal("refused" in placed && placed.refused, "idempotency_mismatch");
    // The stake is not a legal one any more, and the key still answers.
    assert.deepEqual(await pod.rounds.place({ ...request, stake: 1n }), { replayed: round });
  });

  it("keeps keys apart by player", async () => {
    const [ann, bob] = await Promise.all([game.player(), game.player()]);
    const request = placeRequest(ann, bet);
    const one = created(await pod.rounds.place(request));
    const two = created(await pod.rounds.place({ ...request, player: bob }));
    assert.notEqual(one.id, two.id);
  });

  it("plays one round for 50 requests with one key on two pods at once", async () => {
    const player = await game.player(1000);
    const request = placeRequest(player, bet);
    const pods = [pod, other];
    const placed = await Promise.all(
      Array.from({ length: 50 }, (_, i) => pods[i % 2]?.rounds.place(request)),
    );
    assert.equal(placed.filter((it) => it && "created" in it).length, 1);
    assert.equal(placed.filter((it) => it && "replayed" in it).length, 49);
    const page = await pod.rounds.list(player, { limit: 50 });
    assert.ok("items" in page);
    assert.equal(page.items.length, 1);
  });

  for (const pods of [2, 6]) {
    it(`uses each nonce once and skips none, when ${pods} pods play on one pair`, async () => {
      const player = await game.player();
      const playing = await Promise.all(Array.from({ length: pods }, () => game.pod()));
      const placed = await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          playing[i % pods]?.rounds.place(placeRequest(player, bet)),
        ),
      );
      const nonces = placed.flatMap((it) => (it ? [created(it).fairness.nonce] : []));
      assert.deepEqual(
        nonces.sort((a, b) => a - b),
        [...Array(60).keys()],
      );
      assert.equal((await pod.pairs.current(player)).nonce, 60);
    });
  }

  it("refuses what the rules and limits do not allow, and changes nothing", async () => {
    const player = await game.player(1000);
    const cases: [string, Partial<PlaceRequest>, Json, string][] = [
      ["invalid_bet", {}, { side: "edge" }, "/bet/side"],
      ["invalid_bet", {}, { side: "heads", more: 1 }, "/bet/more"],
      ["stake_limits", { stake: 0n }, bet, "/stake"],
      ["stake_limits", { stake: -100n }, bet, "/stake"],
      ["stake_limits", { stake: 26n }, bet, "/stake"],
      ["stake_limits", { stake: 10_025n }, bet, "/stake"],
      ["stake_limits", { currency: "EUR" }, bet, "/currency"],
      ["invalid_client_seed", { clientSeed: "a:b" }, bet, "/clientSeed"],
    ];
    for (const [refused, more, with_, pointer] of cases) {
      const answer = await refusal(player, more, with_);
      assert.deepEqual([answer.refused, answer.pointer], [refused, pointer]);
      // A person reads the detail alone: it says where the fault is, too.
      if (refused === "invalid_bet") assert.ok(answer.detail?.startsWith(`${pointer}: `));
    }
    assert.equal(await game.balance(player), 1000n);
    assert.equal((await pod.pairs.current(player)).nonce, 0);
  });

  it("refuses a stake beyond the balance and stores nothing: the key is free again", async () => {
    const player = await game.player(50);
    const request = placeRequest(player, bet);
    const placed = await pod.rounds.place(request);
    assert.equal("refused" in placed && placed.refused, "insufficient_funds");
    assert.equal((await pod.pairs.current(player)).nonce, 0);
    await game.operator.query("SELECT pitboss.cashier_transfer($1, 'USD', 50, $1)", [player]);
    created(await pod.rounds.place(request));
  });

  it("refuses players without any money", async () => {
    assert.equal((await refusal(await game.player(0), {})).refused, "insufficient_funds");
  });

  it("plays on the pair that the player names, and on no other", async () => {
    const player = await game.player();
    const { serverSeedHash, nextServerSeedHash } = await other.pairs.current(player);
    created(await pod.rounds.place(placeRequest(player, bet, { serverSeedHash })));
    await other.pairs.rotate(player, "mine");
    assert.equal((await refusal(player, { serverSeedHash })).refused, "seed_rotated");
    const round = created(
      await pod.rounds.place(placeRequest(player, bet, { serverSeedHash: nextServerSeedHash })),
    );
    assert.deepEqual(round.fairness, {
      serverSeedHash: nextServerSeedHash,
      clientSeed: "mine",
      nonce: 0,
    });
  });

  it("takes a client seed for one round alone", async () => {
    const player = await game.player();
    const { clientSeed } = await pod.pairs.current(player);
    const own = created(await pod.rounds.place(placeRequest(player, bet, { clientSeed: "once" })));
    assert.deepEqual([own.fairness.clientSeed, own.fairness.nonce], ["once", 0]);
    const next = created(await pod.rounds.place(placeRequest(player, bet)));
    assert.deepEqual([next.fairness.clientSeed, next.fairness.nonce], [clientSeed, 1]);
  });

  it("shows a player the own rounds only, newest first, page by page", async () => {
    const [player, stranger] = await Promise.all([game.player(), game.player()]);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.unshift(created(await pod.rounds.place(placeRequest(player, bet))).id);
    }
    const first = await pod.rounds.list(player, { limit: 3 });
    assert.ok("items" in first && first.next !== null);
    const second = await pod.rounds.list(player, { limit: 3, cursor: first.next });
    assert.ok("items" in second);
    assert.deepEqual(
      [...first.items, ...second.items].map(({ id }) => id),
      ids,
    );
    assert.equal(second.next, null);
    for (const id of [ids[0] ?? "", "nonsense"]) {
      const got = await pod.rounds.get(stranger, id);
      assert.equal("refused" in got && got.refused, "not_found");
    }
    const wrong = await pod.rounds.list(player, { limit: 3, cursor: "nonsense" });
    assert.equal("refused" in wrong && wrong.refused, "invalid_cursor");
  });

  it("plays many players at once in few calls", async () => {
    let calls = 0;
    const counting = await game.pod({ connections: 2, hooks: { batch: () => calls++ } });
    const players = await Promise.all(Array.from({ length: 64 }, () => game.player()));
    await Promise.all(players.map((player) => counting.pairs.current(player)));
    const placed = await Promise.all(
      players.map((player) => counting.rounds.place(placeRequest(player, bet))),
    );
    assert.equal(placed.map(created).length, 64);
    assert.ok(calls <= 10, `${calls} calls`);
  });

  it("lets no bad request of a call spoil another one", async () => {
    const narrow = await game.pod({ connections: 1 });
    const players = await Promise.all(Array.from({ length: 12 }, () => game.player()));
    const placed = await Promise.allSettled(
      players.map((player, i) => {
        const request = placeRequest(player, bet);
        // PostgreSQL takes no such text: a fault that no check of ours knows.
        return narrow.rounds.place(i === 5 ? { ...request, key: "bad\0key" } : request);
      }),
    );
    assert.deepEqual(
      placed.map(({ status }) => status),
      placed.map((_, i) => (i === 5 ? "rejected" : "fulfilled")),
    );
  });
});
