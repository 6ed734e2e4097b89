import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { dropGame } from "../../operator/database/drop.ts";
import { releaseGame } from "../../operator/database/release.ts";
import {
  expectOk,
  type TestDatabase,
  testDatabase,
  withClient,
} from "../../test/harness/database.ts";
import { created, type ListedGame, listedGame, placeRequest } from "../../test/harness/game.ts";
import { type JackpotBooks, jackpotBooks, oneInFive } from "../../test/harness/jackpots.ts";
import { type Administrator, administrator, begun, flipped } from "../../test/harness/voids.ts";
import type { OpenGame, RoundView } from "../types.ts";
import { uuidv7 } from "../uuid.ts";

const denied = "42501";
const checkViolation = "23514";

describe("voided rounds in SQL", () => {
  let database: TestDatabase;
  let admin: Administrator;
  let books: JackpotBooks;
  let flips: ListedGame;
  let mines: ListedGame;
  let flipping: OpenGame;
  let mining: OpenGame;

  before(async () => {
    database = await testDatabase();
    admin = administrator(database);
    books = jackpotBooks(database);
    flips = await listedGame(database, "coin-flip", { multiplier: "1.96" });
    mines = await listedGame(database, "mines");
    [flipping, mining] = [await flips.pod(), await mines.pod()];
  });

  after(async () => {
    await assertBooks();
    await Promise.all([flips.close(), mines.close(), admin.close(), books.close()]);
    await database.drop();
  });

  async function assertBooks(): Promise<void> {
    for (const view of ["wrong_balances", "wrong_voids"]) {
      const { rows } = await books.operator.query(`SELECT * FROM pitboss.${view}`);
      assert.deepEqual(rows, [], view);
    }
    const { rows } = await books.operator.query(
      `SELECT coalesce(sum(CASE WHEN a.id = t.credit THEN t.amount ELSE -t.amount END), 0)::text AS total
         FROM pitboss.transfers t JOIN pitboss.accounts a ON a.id IN (t.debit, t.credit)`,
    );
    assert.deepEqual(rows, [{ total: "0" }]);
  }

  const flip = (won: boolean, balance?: number) =>
    flipped({ game: flips, pod: flipping }, won, balance);
  const openRound = () => begun({ game: mines, pod: mining });

  async function stored({ game, id }: RoundView): Promise<{ [column: string]: unknown }> {
    const { rows } = await books.operator.query(
      `SELECT state, version, payout, outcome, legal_actions, digest, funds_after, settled_at FROM "game_${game}".rounds WHERE id = $1`,
      [id],
    );
    return rows[0];
  }

  function entriesOf(player: string) {
    return admin.lobby
      .query("SELECT kind, amount, round FROM pitboss.entries($1, NULL, 50)", [player])
      .then(({ rows }) => rows.map(({ kind, amount, round }) => [kind, amount, round]));
  }

  it("give back the stake and take back the payout of a round that was won", async () => {
    const round = await flip(true);
    const before = await stored(round);
    assert.equal(await flips.balance(round.player), 1096n);
    const voided = await admin.void(round, { reason: "display fault" });
    assert.equal(voided.status, "created");
    assert.equal(await flips.balance(round.player), 1000n);
    const after = { state: "voided", version: 2, funds_after: "1000" };
    assert.deepEqual(await stored(round), { ...before, ...after });
    const entries = await entriesOf(round.player);
    assert.deepEqual(entries.slice(0, 2).sort(), [
      ["void", "-196", round.id],
      ["void", "100", round.id],
    ]);
    const [entry] = await admin.journal(flips.name);
    assert.deepEqual(entry, {
      ...{ id: voided.entry, reference: entry?.["reference"], game: flips.name, round: round.id },
      ...{ was: "settled", player: round.player, currency: "USD", digits: 2 },
      ...{ staked: "100", payout: "196", amount: "-96" },
      ...{ balance_before: "1096", balance_after: "1000", reason: "display fault" },
      ...{ voided_by: "adam", at: entry?.["at"] },
    });
  });

  it("give back the stake of a round that was lost, with one transfer", async () => {
    const round = await flip(false);
    assert.equal((await admin.void(round)).status, "created");
    assert.equal(await flips.balance(round.player), 1000n);
    assert.deepEqual((await entriesOf(round.player))[0], ["void", "100", round.id]);
    const [entry] = await admin.journal(flips.name);
    assert.deepEqual([entry?.["payout"], entry?.["amount"]], ["0", "100"]);
  });

  it("give back all stakes of an open round, and let go of it", async () => {
    const round = await openRound();
    assert.equal((await admin.void(round)).status, "created");
    assert.equal(await mines.balance(round.player), 1000n);
    const { state, payout, digest, legal_actions, settled_at } = await stored(round);
    assert.deepEqual([state, payout, digest, legal_actions], ["voided", null, null, []]);
    const [entry] = await admin.journal(mines.name);
    assert.deepEqual([entry?.["was"], entry?.["payout"]], ["open", null]);
    assert.deepEqual(settled_at, entry?.["at"]);
    const { rows } = await books.operator.query(
      `SELECT FROM "${mines.schema}".open_rounds WHERE round = $1`,
      [round.id],
    );
    assert.equal(rows.length, 0);
  });

  it("are refused where the player no longer has what was paid, to the minor unit, and change nothing", async () => {
    const round = await flip(true, 100);
    assert.equal(await flips.balance(round.player), 196n);
    const before = await stored(round);
    const take = (amount: number) =>
      admin.lobby.query("SELECT pitboss.cashier_transfer($1, 'USD', $2, $3)", [
        round.player,
        amount,
        randomBytes(8).toString("hex"),
      ]);
    await take(-101);
    const reference = "a reference that was refused";
    const refused = await admin.void(round, { reference });
    const { status, missing, currency, entry } = refused;
    assert.deepEqual([status, missing, currency, entry], ["insufficient_funds", "1", "USD", null]);
    assert.deepEqual(await stored(round), before);
    assert.equal(await flips.balance(round.player), 95n);
    assert.ok(!(await admin.journal(flips.name)).some((made) => made["round"] === round.id));
    await take(1);
    assert.equal((await admin.void(round, { reference })).status, "created");
    assert.equal(await flips.balance(round.player), 0n);
  });

  it("are made once for each reference, and once for each round", async () => {
    const [round, other] = [await flip(false), await flip(false)];
    const reference = randomBytes(8).toString("hex");
    const first = await admin.void(round, { reference });
    const statuses: [string, object, RoundView][] = [
      ["replayed", { reference }, round],
      ["replayed", { reference, by: "eve" }, round],
      ["reference_mismatch", { reference, reason: "another" }, round],
      ["reference_mismatch", { reference }, other],
      ["round_voided", {}, round],
    ];
    for (const [status, more, which] of statuses) {
      const again = await admin.void(which, more);
      const entry = status === "replayed" ? first.entry : null;
      assert.deepEqual([again.status, again.entry], [status, entry], JSON.stringify(more));
    }
    assert.equal(await flips.balance(round.player), 1000n);
    assert.equal(await flips.balance(other.player), 900n);
  });

  it("are made once where many ask at once, with one reference or with many", async () => {
    for (const reference of ["the same for all", undefined]) {
      const round = await flip(true);
      const name = reference === undefined ? {} : { reference };
      const asked = Array.from({ length: 20 }, () => admin.void(round, name));
      const statuses = (await Promise.all(asked)).map(({ status }) => status).sort();
      const others = Array(19).fill(reference === undefined ? "round_voided" : "replayed");
      assert.deepEqual(statuses, ["created", ...others]);
      assert.equal(await flips.balance(round.player), 1000n);
    }
    await assertBooks();
  });

  it("answer rounds and games that are none", async () => {
    const round = await flip(false);
    const cases: [string, string, string][] = [
      [flips.name, uuidv7(), "unknown_round"],
      [flips.name, "00000000-0000-0000-0000-000000000000", "unknown_round"],
      [mines.name, round.id, "unknown_round"],
      ["no-such-game", round.id, "unknown_game"],
      ['x"; DROP SCHEMA pitboss CASCADE; --', round.id, "unknown_game"],
      ["", round.id, "unknown_game"],
      ["x".repeat(5000), round.id, "unknown_game"],
    ];
    for (const [game, id, status] of cases) {
      assert.equal((await admin.void({ game, id })).status, status, game.slice(0, 50));
    }
    assert.equal((await stored(round))["state"], "settled");
  });

  it("need a reason, somebody and a reference, each within bounds", async () => {
    const round = await flip(false);
    for (const more of [
      { reason: "" },
      { reason: "r".repeat(501) },
      { by: "" },
      { by: "b".repeat(256) },
      { reference: "" },
      { reference: "r".repeat(256) },
    ]) {
      await assert.rejects(admin.void(round, more), { code: checkViolation }, JSON.stringify(more));
    }
    assert.equal((await stored(round))["state"], "settled");
    assert.equal(await flips.balance(round.player), 900n);
    assert.equal((await admin.void(round, { reason: "r".repeat(500) })).status, "created");
  });

  it("leave nonce, keys, counted results, jackpot contributions and wins as they were", async () => {
    const game = await listedGame(database, "coin-flip", { multiplier: "1.9" });
    const jackpot = await books.save(oneInFive);
    await books.bind(game.name, [jackpot]);
    const pod = await game.pod();
    const player = await game.player();
    const round = await untilHit(pod, player);
    const count = async (text: string) => (await books.operator.query(text)).rows[0];
    const seen = async () => ({
      nonce: (await pod.pairs.current(player)).nonce,
      keys: await count(`SELECT count(*) FROM pitboss.keys WHERE game = '${game.name}'`),
      results: await count(
        `SELECT rounds, staked, paid, deviation FROM pitboss.results WHERE game = '${game.name}'`,
      ),
      fed: await count(
        `SELECT count(*), sum(debit) FROM pitboss.jackpot_incoming WHERE game = '${game.name}'`,
      ),
    });
    const before = await seen();
    assert.equal((await admin.void(round)).status, "created");
    assert.deepEqual(await seen(), before);
    const funds = await game.balance(player);
    assert.equal(await books.settle(jackpot), 1);
    const after = await pod.rounds.get(player, round.id);
    assert.ok(!("refused" in after));
    const [win] = after.jackpotWins;
    assert.deepEqual([after.state, win?.status], ["voided", "paid"]);
    assert.equal(await game.balance(player), funds + (win?.amount ?? 0n));
    assert.equal((await books.books(jackpot))["difference"], "0");
    await game.close();
  });

  /** Rounds until the last one's draw hit. */
  async function untilHit(pod: OpenGame, player: string): Promise<RoundView> {
    for (;;) {
      const round = created(await pod.rounds.place(placeRequest(player, { side: "heads" })));
      if (round.jackpotWins.length > 0) return round;
    }
  }

  it("can be made in a schema that was released; where it was dropped, the rounds are gone", async () => {
    const game = await listedGame(database, "coin-flip", { multiplier: "1.9" });
    const pod = await game.pod();
    const player = await game.player(1000);
    const place = async () =>
      created(await pod.rounds.place(placeRequest(player, { side: "heads" })));
    const rounds = [await place(), await place()];
    await game.close();
    expectOk(await releaseGame(database.db, game));
    const [first, second] = rounds as [RoundView, RoundView];
    assert.equal((await admin.void(first)).status, "created");
    expectOk(await dropGame(database.db, game));
    assert.equal((await admin.void(second)).status, "unknown_game");
    assert.equal((await admin.journal(game.name)).length, 1);
    await assertBooks();
  });

  it("are missed by an auditor where money or entry lacks the other", async () => {
    const [voided, settled] = [await flip(true), await flip(false)];
    await admin.void(voided);
    const forge = {
      "a transfer that is lost": `DELETE FROM pitboss.transfers WHERE kind = 'void' AND round = '${voided.id}' AND amount = 196`,
      "money that came twice": `INSERT INTO pitboss.transfers (debit, credit, player, currency, amount, kind, game, round, created_at)
        SELECT credit, debit, player, currency, amount, 'void', game, round, now() FROM pitboss.transfers WHERE kind = 'stake' AND round = '${voided.id}'`,
      "money without an entry": `INSERT INTO pitboss.transfers (debit, credit, player, currency, amount, kind, game, round, created_at)
        SELECT credit, debit, player, currency, amount, 'void', game, round, now() FROM pitboss.transfers WHERE kind = 'stake' AND round = '${settled.id}'`,
      "an entry without money": `INSERT INTO pitboss.voids (reference, game, round, was, player, currency, staked, payout, balance_before, balance_after, reason, voided_by, at)
        VALUES ('forged', '${settled.game}', '${settled.id}', 'settled', 'me', 'USD', 100, 0, 0, 100, 'none', 'me', now())`,
    };
    for (const [name, text] of Object.entries(forge)) {
      await withClient(database.superuserUrl, async (client) => {
        await client.query("BEGIN");
        assert.ok((await client.query(text)).rowCount === 1, name);
        const { rows } = await client.query("SELECT round FROM pitboss.wrong_voids");
        const found = name.includes("entry") ? settled.id : voided.id;
        assert.deepEqual(rows, [{ round: found }], name);
        await client.query("ROLLBACK");
      });
    }
  });

  describe("the journal", () => {
    it("is only ever added to, whoever asks", async () => {
      await admin.void(await flip(false));
      const changes = [
        "UPDATE pitboss.voids SET reason = 'none'",
        "DELETE FROM pitboss.voids",
        "TRUNCATE pitboss.voids",
        "UPDATE pitboss.voids SET reason = 'none' WHERE false",
      ];
      for (const url of [database.superuserUrl, database.url, database.lobbyUrl, mines.url]) {
        await withClient(url, async (client) => {
          for (const text of changes) await assert.rejects(client.query(text), { code: denied });
        });
      }
      await withClient(database.superuserUrl, async (client) => {
        await client.query("SET ROLE pitboss_sequencer");
        for (const text of changes) await assert.rejects(client.query(text), { code: denied });
      });
    });

    it("cannot be written or read by the lobby but through its two calls", async () => {
      for (const text of [
        "SELECT * FROM pitboss.voids",
        "INSERT INTO pitboss.voids (reference) VALUES ('x')",
        `SELECT * FROM "${mines.schema}".void_round(uuidv7(), 'a', 'b', 'c')`,
        "SELECT * FROM pitboss.wrong_voids",
      ]) {
        await assert.rejects(admin.lobby.query(text), { code: denied }, text);
      }
    });
  });
});
