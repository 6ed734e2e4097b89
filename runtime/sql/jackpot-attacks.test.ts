import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import { type ListedGame, listedGame } from "../../test/harness/game.ts";
import {
  type JackpotBooks,
  jackpotBooks,
  mustHitBy,
  oneInFive,
  type TestJackpot,
} from "../../test/harness/jackpots.ts";
import type { OpenGame } from "../types.ts";
import { uuidv7 } from "../uuid.ts";

const denied = "42501";
const notNull = "23502";

/** 1 in 1,000,000 for a stake of 1 USD, and 1,000 USD to be had. */
const rare = { ...oneInFive, seed: "100000", oneIn: "1000000" };

describe("what a stolen role can do to a jackpot", () => {
  let database: TestDatabase;
  let books: JackpotBooks;
  let mine: ListedGame;
  let pod: OpenGame;
  let thief: pg.Pool;
  let player: string;
  let hitBy: TestJackpot;
  let drawn: TestJackpot;

  before(async () => {
    database = await testDatabase();
    books = jackpotBooks(database);
    mine = await listedGame(database, "coin-flip");
    pod = await mine.pod();
    thief = new pg.Pool({ connectionString: mine.url, max: 4 });
    thief.on("error", () => undefined);
    player = await mine.player(1_000_000);
    await pod.pairs.current(player);
    [hitBy, drawn] = [await books.save(mustHitBy), await books.save(rare)];
    await books.bind(mine.name, [hitBy, drawn]);
  });
  after(async () => {
    await thief.end();
    await Promise.all([mine.close(), books.close()]);
    await database.drop();
  });

  async function termsOf(...jackpots: TestJackpot[]): Promise<string[]> {
    const { rows } = await books.operator.query(
      "SELECT terms FROM pitboss.jackpots WHERE id = ANY ($1) ORDER BY terms",
      [jackpots.map(({ id }) => id)],
    );
    return rows.map(({ terms }) => terms);
  }

  /** A losing flip as an honest runtime sends it, and then changed. */
  async function play(more: object): Promise<string> {
    const { rows: pairs } = await thief.query(
      `SELECT id, nonce FROM "${mine.schema}".seed_pairs WHERE player = $1 AND state = 'active'`,
      [player],
    );
    const hash = randomBytes(32).toString("hex");
    const item = {
      ...{ item: 0, player, key: hash, hash, round: uuidv7(), revision: mine.compiled.revision },
      ...{ currency: "USD", stake: "100", bound: "198", pair: pairs[0].id, nonce: pairs[0].nonce },
      ...{ bet: { side: "heads" }, outcome: {}, legal_actions: [], digest: hash, expected: "99" },
      ...{ payout: "0", ...more },
    };
    const { rows } = await thief.query(`SELECT status FROM "${mine.schema}".play($1)`, [
      JSON.stringify([item]),
    ]);
    return rows[0].status;
  }

  it("a game's role reads no threshold, pool or contribution, and writes none", async () => {
    const { rows } = await books.operator.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'pitboss'::regnamespace AND relname ~ 'jackpot' AND relkind IN ('r', 'p', 'v')",
    );
    assert.ok(rows.length >= 12);
    for (const { name } of rows) {
      await assert.rejects(thief.query(`SELECT * FROM pitboss.${name}`), { code: denied }, name);
      await assert.rejects(thief.query(`DELETE FROM pitboss.${name}`), { code: denied }, name);
    }
    for (const call of [
      "sequence_jackpot(1)",
      "open_jackpot(1)",
      "close_jackpot(1, 2)",
      "release_jackpot_win(1, 'me', 'mine')",
      "bind_jackpots('x', '[]')",
      "save_jackpot('a', 'b', 'c', 'USD', 2, '{}')",
      "decommission_jackpot('a', 'b', 'c')",
    ]) {
      await assert.rejects(thief.query(`SELECT pitboss.${call}`), { code: denied }, call);
    }
    await assert.rejects(thief.query("SET ROLE pitboss_sequencer"), { code: denied });
  });

  it("neither the lobby nor the operator reads a threshold, and the lobby changes nothing", async () => {
    for (const role of [books.lobby, books.operator]) {
      await assert.rejects(role.query("SELECT * FROM pitboss.jackpot_thresholds"), {
        code: denied,
      });
      await assert.rejects(role.query("DELETE FROM pitboss.jackpot_thresholds"), { code: denied });
    }
    await assert.rejects(books.lobby.query("SET ROLE pitboss_sequencer"), { code: denied });
    for (const table of ["jackpots", "jackpot_pools", "jackpot_wins", "jackpot_incoming"]) {
      await assert.rejects(books.lobby.query(`DELETE FROM pitboss.${table}`), { code: denied });
    }
    const { rows } = await books.superuser.query(
      `SELECT grantee FROM information_schema.role_table_grants
        WHERE table_schema = 'pitboss' AND table_name = 'jackpot_thresholds' GROUP BY grantee`,
    );
    assert.deepEqual(rows, [{ grantee: "pitboss_sequencer" }]);
  });

  it("what the lobby shows of a jackpot has its commitment, and neither threshold nor salt", async () => {
    const { rows } = await books.lobby.query(
      "SELECT to_jsonb(f) AS seen FROM pitboss.jackpot_figures f WHERE id = $1",
      [hitBy.id],
    );
    const { rows: secret } = await books.superuser.query(
      "SELECT encode(salt, 'hex') AS salt FROM pitboss.jackpot_thresholds WHERE jackpot = $1",
      [hitBy.id],
    );
    assert.match(rows[0].seen.commitment, /^[0-9a-f]{64}$/);
    assert.ok(!JSON.stringify(rows[0].seen).includes(secret[0].salt));
    assert.ok(!Object.keys(rows[0].seen).some((field) => /threshold|salt/.test(field)));
  });

  it("a round feeds all of its game's jackpots, by their terms in force, or is not played", async () => {
    const terms = await termsOf(hitBy, drawn);
    const other = await termsOf(await books.save(rare));
    assert.equal(await play({}), "jackpots_changed");
    assert.equal(await play({ jackpots: terms.slice(1), hits: [false] }), "jackpots_changed");
    assert.equal(await play({ jackpots: other, hits: [true] }), "jackpots_changed");
    assert.equal(
      await play({ jackpots: [...terms, ...other], hits: [false, false, true] }),
      "jackpots_changed",
    );
    assert.equal(await play({ jackpots: terms, hits: [false, false] }), "created");
  });

  it("a hit without a draw breaks the call, as a draw without an answer does", async () => {
    const terms = await termsOf(hitBy, drawn);
    for (const hits of [[true, false], [false], [], null]) {
      await assert.rejects(play({ jackpots: terms, hits }), { code: notNull }, String(hits));
    }
  });

  it("hits beyond all odds are set aside, with an alarm, until an administrator releases them", async () => {
    const terms = await termsOf(hitBy, drawn);
    const before = await mine.balance(player);
    for (let i = 0; i < 100; i++) {
      assert.equal(await play({ jackpots: terms, hits: [false, i % 10 === 0] }), "created");
    }
    assert.equal(await books.settle(drawn), 10);
    const { rows } = await books.operator.query(
      "SELECT id::int, status, amount FROM pitboss.jackpot_wins WHERE jackpot = $1 ORDER BY position",
      [drawn.id],
    );
    const paid = rows.filter(({ status }) => status === "paid");
    // 101 draws at 1 in 1,000,000: one hit may be luck, and a second one at most.
    assert.ok(paid.length <= 2, `${paid.length} paid`);
    const won = paid.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    assert.equal(await mine.balance(player), before - 10_000n + won);
    const { rows: figures } = await books.lobby.query(
      "SELECT held_wins::int FROM pitboss.jackpot_figures WHERE id = $1",
      [drawn.id],
    );
    assert.equal(figures[0].held_wins, 10 - paid.length);
    const { rows: events } = await books.lobby.query(
      "SELECT count(*)::int AS told FROM pitboss.jackpot_events WHERE jackpot = $1 AND kind = 'held'",
      [drawn.id],
    );
    assert.equal(events[0].told, 10 - paid.length);
    assert.equal((await books.books(drawn))["difference"], "0");
    const held = rows.find(({ status }) => status === "held") ?? assert.fail("none is held");
    const release = () =>
      books.operator.query("SELECT pitboss.release_jackpot_win($1, 'kim', 'proof checked') AS ok", [
        held.id,
      ]);
    assert.equal((await release()).rows[0].ok, true);
    assert.equal((await release()).rows[0].ok, false);
    assert.equal(await mine.balance(player), before - 10_000n + won + BigInt(held.amount));
    const { rows: wrong } = await books.operator.query("SELECT * FROM pitboss.wrong_balances");
    assert.deepEqual(wrong, []);
  });

  it("an honest game's hits are never set aside", async () => {
    const { rows } = await books.superuser.query(
      `SELECT pitboss.too_many_hits(1, 0.000001) AS one, pitboss.too_many_hits(1, 1e-11) AS never,
              pitboss.too_many_hits(120, 100) AS many, pitboss.too_many_hits(200, 100) AS too_many,
              pitboss.too_many_hits(3, 0.0001) AS three`,
    );
    const verdict = { one: false, never: true, many: false, too_many: true, three: true };
    assert.deepEqual(rows[0], verdict);
  });

  it("an old snapshot takes nothing out of order: only READ COMMITTED is sequenced", async () => {
    const client = await books.lobby.connect();
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    await assert.rejects(client.query("SELECT pitboss.sequence_jackpot($1)", [drawn.id]), {
      code: "0A000",
    });
    await client.query("ROLLBACK");
    client.release();
  });
});
