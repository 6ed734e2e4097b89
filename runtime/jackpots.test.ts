import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { verify } from "../games/fairness.ts";
import type { Json } from "../games/game.ts";
import { verifyWin } from "../games/verify-win.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  moved,
  placeRequest,
  usd,
} from "../test/harness/game.ts";
import {
  type JackpotBooks,
  jackpotBooks,
  mustHitBy,
  oneInFive,
  type TestJackpot,
} from "../test/harness/jackpots.ts";
import type { OpenGame, RoundView } from "./types.ts";

const heads = { side: "heads" };
const eur = { ...usd, currency: "EUR" };

interface Fed {
  readonly debit: string;
  readonly hit: boolean;
  readonly jackpot: number;
}

describe("rounds that feed jackpots", () => {
  let database: TestDatabase;
  let books: JackpotBooks;
  let flips: ListedGame;
  let cards: ListedGame;
  let flipping: OpenGame;
  let dealing: OpenGame;

  before(async () => {
    database = await testDatabase();
    books = jackpotBooks(database);
    flips = await listedGame(database, "coin-flip", {}, { stakes: [usd, eur] });
    cards = await listedGame(database, "blackjack");
    flipping = await flips.pod();
    dealing = await cards.pod();
  });
  after(async () => {
    await Promise.all([flips.close(), cards.close(), books.close()]);
    await database.drop();
  });

  /** New jackpots, fed by this game alone; its pod knows them once it has been told. */
  async function feeding(game: ListedGame, jackpots: readonly TestJackpot[]): Promise<void> {
    assert.deepEqual(await books.bind(game.name, jackpots), { status: "bound" });
  }

  async function flip(player: string, currency = "USD", stake = 100n): Promise<RoundView> {
    return created(await flipping.rounds.place(placeRequest(player, heads, { currency, stake })));
  }

  /** What a round has fed, by jackpot and in order, taken or not. */
  async function fedBy(round: string): Promise<Fed[]> {
    const { rows } = await books.operator.query(
      `SELECT jackpot::int, debit, hit FROM (
         SELECT jackpot, id, debit, hit FROM pitboss.jackpot_incoming WHERE round = $1
         UNION ALL SELECT jackpot, id, debit, hit FROM pitboss.jackpot_contributions WHERE round = $1
       ) AS fed ORDER BY jackpot, id`,
      [round],
    );
    return rows;
  }

  async function proofOf(pod: OpenGame, round: RoundView) {
    await pod.pairs.rotate(round.player, randomBytes(8).toString("hex"));
    const proof = await pod.rounds.proof(round.player, round.id);
    return proof as { [field: string]: Json } & { jackpots: { [field: string]: Json }[] };
  }

  it("insert one contribution for each jackpot of the currency, and none for others", async () => {
    const [hitBy, drawn] = [await books.save(mustHitBy), await books.save(oneInFive)];
    const euros = await books.save(mustHitBy, { currency: "EUR" });
    await feeding(flips, [hitBy, drawn, euros]);
    const player = await flips.player();
    const round = await flip(player);
    assert.deepEqual(
      (await fedBy(round.id)).map(({ jackpot, debit }) => [jackpot, debit]),
      [
        [hitBy.id, "100"],
        [drawn.id, "100"],
      ],
    );
    const rich = await flips.player(1000, "EUR");
    const other = await flip(rich, "EUR");
    assert.deepEqual(await fedBy(other.id), [{ jackpot: euros.id, debit: "100", hit: false }]);
    await feeding(flips, []);
    assert.deepEqual(await fedBy((await flip(player)).id), []);
  });

  it("share one jackpot between games of its namespace; another namespace's is not theirs", async () => {
    const shared = await books.save(mustHitBy);
    const foreign = await books.save(mustHitBy, { namespace: "elsewhere", name: shared.name });
    await feeding(flips, [shared]);
    await feeding(cards, [shared]);
    assert.deepEqual(await books.bind(flips.name, [shared, foreign]), {
      status: "missing",
      missing: [{ namespace: "elsewhere", name: shared.name }],
    });
    const player = await flips.player();
    await flip(player);
    await dealing.rounds.place(placeRequest(player, {}));
    await books.settle(shared);
    const row = await books.books(shared);
    assert.deepEqual([row["contributed"], row["scale"]], ["1000", "500"]);
    assert.equal((await books.books(foreign))["contributed"], "0");
    await feeding(cards, []);
  });

  it("win by the draws of their own seeds, which their proofs show", async () => {
    const jackpot = await books.save(oneInFive);
    await feeding(flips, [jackpot]);
    const player = await flips.player();
    const rounds: RoundView[] = [];
    for (let i = 0; i < 30; i++) rounds.push(await flip(player));
    const hit = rounds.filter(({ jackpotWins }) => jackpotWins.length > 0);
    assert.ok(hit.length > 0 && hit.length < 30, `${hit.length} hits`);
    assert.deepEqual(hit[0]?.jackpotWins, [
      { name: jackpot.name, amount: null, status: "pending" },
    ]);
    const balance = await flips.balance(player);
    assert.equal(await books.settle(jackpot), hit.length);
    let won = 0n;
    for (const round of rounds) {
      const now = await flipping.rounds.get(player, round.id);
      assert.ok(!("refused" in now));
      const fed = await fedBy(round.id);
      assert.equal(fed.length, 1);
      assert.equal(now.jackpotWins.length, fed[0]?.hit ? 1 : 0);
      for (const win of now.jackpotWins) {
        assert.equal(win.status, "paid");
        won += win.amount ?? 0n;
      }
    }
    assert.ok(won >= 500n * BigInt(hit.length));
    assert.equal(await flips.balance(player), balance + won);
    const played = hit[0] ?? assert.fail();
    const proof = await proofOf(flipping, played);
    assert.deepEqual(verify(proof), { ok: true, problems: [] });
    const { namespace, name } = jackpot;
    const odds = { per: "1.00", oneIn: "5", debits: ["1.00"], hits: [true] };
    assert.deepEqual(proof.jackpots, [{ namespace, name, ...odds }]);
    for (const change of [
      { hits: [false] },
      { oneIn: "500000" },
      { name: "other" },
      { per: "2.00" },
    ]) {
      const changed = { ...proof, jackpots: [{ ...proof.jackpots[0], ...change }] } as Json;
      assert.equal(verify(changed).ok, false, JSON.stringify(change));
    }
    assert.equal(verify({ ...proof, jackpots: [] }).ok, false);
  });

  it("feed with every debit, a double's too, by the terms that the round began with", async () => {
    const [hitBy, drawn] = [await books.save(mustHitBy), await books.save(oneInFive)];
    await feeding(cards, [hitBy, drawn]);
    const { rounds } = dealing;
    for (;;) {
      const player = await cards.player();
      const round = created(await rounds.place(placeRequest(player, {}, { stake: 200n })));
      if (!round.legalActions.some(({ type }) => type === "double")) continue;
      // The draws of a round go by the terms that it began with, and so does what its debits add.
      await books.save({ ...oneInFive, oneIn: "1000000", contribution: "1/50" }, drawn);
      await feeding(cards, [hitBy]);
      const key = randomBytes(8).toString("hex");
      const action = { type: "double" };
      const request = { player, round: round.id, key, requestHash: hashOf(action), action };
      const doubled = moved(await rounds.act({ ...request, version: round.version }));
      assert.equal(doubled.stake, 400n);
      const fed = await fedBy(round.id);
      assert.deepEqual(
        fed.map(({ jackpot, debit }) => [jackpot, debit]),
        [hitBy, hitBy, drawn, drawn].map(({ id }) => [id, "200"]),
      );
      const { jackpots, ...proof } = await proofOf(dealing, doubled);
      assert.deepEqual(verify({ ...proof, jackpots } as Json), { ok: true, problems: [] });
      assert.equal(jackpots.length, 1);
      assert.equal(jackpots[0]?.["oneIn"], "5");
      assert.deepEqual(jackpots[0]?.["debits"], ["2.00", "2.00"]);
      assert.deepEqual(
        jackpots[0]?.["hits"],
        fed.slice(2).map(({ hit }) => hit),
      );
      await Promise.all([books.settle(hitBy), books.settle(drawn)]);
      const { rows } = await books.operator.query(
        `SELECT DISTINCT t.body->>'oneIn' AS "oneIn" FROM pitboss.jackpot_contributions c
           JOIN pitboss.jackpot_terms t ON t.id = c.terms WHERE c.jackpot = $1`,
        [drawn.id],
      );
      assert.deepEqual(rows, [{ oneIn: "5" }]);
      break;
    }
    await feeding(cards, []);
  });

  it("take changed terms after the next win, and the figures say so till then", async () => {
    const jackpot = await books.save(oneInFive);
    await feeding(flips, [jackpot]);
    const changed = { ...oneInFive, oneIn: "1", per: "100", contribution: "1/10" };
    assert.equal((await books.save(changed, jackpot)).status, "pending");
    const figures = async () => {
      const { rows } = await books.lobby.query(
        "SELECT terms_pending, terms->>'oneIn' AS one_in, wins::int FROM pitboss.jackpot_figures WHERE id = $1",
        [jackpot.id],
      );
      return rows[0];
    };
    assert.deepEqual(await figures(), { terms_pending: true, one_in: "5", wins: 0 });
    const player = await flips.player();
    for (;;) {
      const round = await flip(player);
      await books.settle(jackpot);
      if (round.jackpotWins.length > 0) break;
    }
    assert.deepEqual(await figures(), { terms_pending: false, one_in: "1", wins: 1 });
    // A pod that has not heard of it computes the round again.
    const sure = await flip(player);
    assert.equal(sure.jackpotWins.length, 1);
    assert.equal((await proofOf(flipping, sure)).jackpots[0]?.["oneIn"], "1");
    assert.equal((await books.save(changed, jackpot)).status, "unchanged");
    await books.settle(jackpot);
  });

  it("are refused without regard to what they would have hit, and then feed nothing", async () => {
    const jackpot = await books.save({ ...oneInFive, oneIn: "1" });
    await feeding(flips, [jackpot]);
    const player = await flips.player(50);
    const refused = await flipping.rounds.place(placeRequest(player, heads));
    assert.equal("refused" in refused && refused.refused, "insufficient_funds");
    const { rows } = await books.operator.query(
      "SELECT count(*)::int AS fed FROM pitboss.jackpot_incoming WHERE jackpot = $1",
      [jackpot.id],
    );
    assert.equal(rows[0].fed, 0);
    assert.equal((await flipping.pairs.current(player)).nonce, 0);
  });

  it("tell their players the jackpot's rules beforehand", async () => {
    const jackpot = await books.save(mustHitBy);
    await feeding(flips, [jackpot]);
    const player = await flips.player();
    await flip(player);
    const [shown] = flipping.catalogue().jackpots;
    assert.equal(shown?.name, jackpot.name);
    assert.equal(shown?.body["mustHitBy"], "2000");
  });

  it("win a must-hit-by pool by the contribution that crosses its threshold, provably", async () => {
    const jackpot = await books.save({
      ...{ seed: "100", ceiling: "200", contribution: "1/3", overflowShare: "1/7" },
      mustHitBy: "200",
    });
    await feeding(flips, [jackpot]);
    const { rows: before } = await books.lobby.query(
      "SELECT commitment FROM pitboss.jackpot_figures WHERE id = $1",
      [jackpot.id],
    );
    const player = await flips.player();
    for (let i = 0; i < 40; i++) await flip(player);
    const wins = await books.settle(jackpot);
    assert.ok(wins > 5, `${wins} wins`);
    const { rows } = await books.lobby.query(
      "SELECT pitboss.jackpot_win_proof(id) AS proof, round, amount FROM pitboss.jackpot_wins WHERE jackpot = $1 ORDER BY position",
      [jackpot.id],
    );
    assert.equal(rows[0].proof.cycle.commitment, before[0].commitment);
    for (const { proof, round, amount } of rows) {
      assert.deepEqual(verifyWin(proof), { ok: true, problems: [] });
      assert.deepEqual([proof.round, proof.amount], [round, amount]);
      const now = await flipping.rounds.get(player, round);
      assert.ok(!("refused" in now));
      assert.deepEqual(now.jackpotWins, [
        { name: jackpot.name, amount: BigInt(amount), status: "paid" },
      ]);
      assert.ok(!JSON.stringify(proof).includes(player));
    }
    assert.equal((await books.books(jackpot))["difference"], "0");
  });
});
