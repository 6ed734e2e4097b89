import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import { created, type ListedGame, listedGame, placeRequest } from "../../test/harness/game.ts";
import { administrator } from "../../test/harness/voids.ts";
import type { OpenGame } from "../types.ts";
import { uuidv7 } from "../uuid.ts";

/** SQLSTATEs that a thief may see. */
const denied = "42501";
const checkViolation = "23514";
const refusedIsolation = "0A000";

describe("with the stolen role of one game", () => {
  let database: TestDatabase;
  let mine: ListedGame;
  let theirs: ListedGame;
  let pod: OpenGame;
  let thief: pg.Pool;
  let player: string;

  before(async () => {
    database = await testDatabase();
    [mine, theirs] = await Promise.all([
      listedGame(database, "mines"),
      listedGame(database, "coin-flip", { multiplier: "1.96" }),
    ]);
    pod = await mine.pod();
    thief = new pg.Pool({ connectionString: mine.url, max: 8 });
    thief.on("error", () => undefined);
    thief.on("connect", (client) => client.on("error", () => undefined));
    player = await mine.player(100_000);
    await pod.pairs.current(player);
  });

  after(async () => {
    await thief.end();
    await Promise.all([mine.close(), theirs.close()]);
    await database.drop();
  });

  async function fails(code: string, text: string, values: unknown[] = []): Promise<void> {
    await assert.rejects(thief.query(text, values), { code }, text);
  }

  /** What `play` takes, as an honest runtime would send it, and then changed. */
  async function item(more: object = {}): Promise<Record<string, unknown>> {
    const { rows } = await thief.query(
      `SELECT id, nonce FROM "${mine.schema}".seed_pairs WHERE player = $1 AND state = 'active'`,
      [player],
    );
    const hash = randomBytes(32).toString("hex");
    return {
      ...{ item: 0, player, key: hash, hash, round: uuidv7(), revision: mine.compiled.revision },
      ...{ currency: "USD", stake: "100", bound: "103", pair: rows[0].id, nonce: rows[0].nonce },
      ...{ bet: { mines: 1 }, outcome: {}, legal_actions: [], digest: hash, expected: "99" },
      ...{ payout: "0", ...more },
    };
  }

  async function play(more: object = {}, at: pg.Pool | pg.PoolClient = thief): Promise<string> {
    const items = JSON.stringify([await item(more)]);
    const { rows } = await at.query(`SELECT status FROM "${mine.schema}".play($1)`, [items]);
    return rows[0].status;
  }

  async function openRound(): Promise<{ id: string; version: number }> {
    const name = await mine.player(1000);
    const round = created(await pod.rounds.place(placeRequest(name, { mines: 1 })));
    player = name;
    return round;
  }

  function act(round: { id: string; version: number }, more: object = {}) {
    const key = randomBytes(32).toString("hex");
    const asked = {
      ...{ player, round: round.id, key, hash: key, version: round.version, debit: "0" },
      ...{ actions: [{ type: "cashOut", version: round.version, by: "player" }], regret: "0" },
      ...{ outcome: {}, legal_actions: [], payout: "100", digest: key, expected: "99", ...more },
    };
    return thief.query(`SELECT * FROM "${mine.schema}".act($1)`, [JSON.stringify(asked)]);
  }

  it("nothing of another game can be read or called", async () => {
    for (const table of [
      "rounds",
      "seed_pairs",
      "open_rounds",
      "used_client_seeds",
      "migrations",
    ]) {
      await fails(denied, `SELECT * FROM "${theirs.schema}".${table}`);
    }
    await fails(denied, `SELECT * FROM "${theirs.schema}".play('[]')`);
    await fails(denied, `SELECT "${theirs.schema}".pair('x', NULL)`);
    await fails(denied, `SELECT * FROM "${theirs.schema}".act('{}')`);
  });

  it("no balance, ledger, key, catalogue or proof of the platform can be read or written", async () => {
    const { rows } = await database.db.pool.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c
        WHERE c.relnamespace = 'pitboss'::regnamespace AND c.relkind IN ('r', 'p', 'v')`,
    );
    assert.ok(rows.length > 10);
    for (const { name } of rows) {
      await fails(denied, `SELECT * FROM pitboss.${name}`);
      await fails(denied, `DELETE FROM pitboss.${name}`);
    }
    await fails(denied, "SELECT * FROM pitboss.cashier_transfer('x', 'USD', 1, 'y')");
    await fails(denied, "SELECT pitboss.retire_revisions('x', '{}')");
    await fails(denied, "UPDATE pitboss.games SET state = 'Active'");
  });

  it("its own tables can be read and not written", async () => {
    for (const table of ["rounds", "seed_pairs", "open_rounds"]) {
      await thief.query(`SELECT * FROM "${mine.schema}".${table}`);
      await fails(denied, `DELETE FROM "${mine.schema}".${table}`);
      await fails(denied, `UPDATE "${mine.schema}".${table} SET player = 'me'`);
      await fails(denied, `INSERT INTO "${mine.schema}".${table} (player) VALUES ('me')`);
      await fails(denied, `TRUNCATE "${mine.schema}".${table}`);
    }
    const partition = `"${mine.schema}".rounds_${new Date().toISOString().slice(0, 7).replace("-", "_")}`;
    await fails(denied, `UPDATE ${partition} SET payout = 1`);
  });

  it("every function is closed that is not meant for it", async () => {
    const { rows } = await database.db.pool.query<{ name: string }>(
      `SELECT p.proname AS name FROM pg_proc p
        WHERE p.pronamespace = ANY (ARRAY['pitboss', $1]::regnamespace[])
          AND has_function_privilege($2, p.oid, 'EXECUTE') ORDER BY 1`,
      [`"${mine.schema}"`, mine.schema],
    );
    assert.deepEqual(
      rows.map(({ name }) => name),
      [
        "act",
        "catalogue",
        "expired",
        "find_key",
        "housekeep",
        "jackpot_terms_json",
        "lock_expired",
        "lock_pair",
        "lock_round",
        "lock_ticking",
        "pair",
        "play",
        "recorded_revision",
        "revision",
        "revision_returns",
        "rotate",
        "round_jackpot_wins",
        "round_void",
        "take_entropy",
        "ticking",
        "waiting_pairs",
        "waive_entropy",
      ],
    );
    const open = await database.db.pool.query(
      `SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.prosecdef AND p.pronamespace = ANY (ARRAY['pitboss', $1]::regnamespace[])
          AND (p.proconfig IS NULL OR NOT EXISTS (
            SELECT FROM unnest(p.proconfig) AS c WHERE c ~ '^search_path=.*pitboss, pg_temp$'))`,
      [`"${mine.schema}"`],
    );
    assert.deepEqual(
      open.rows,
      [],
      "these functions have no fixed search_path that ends in pg_temp",
    );
  });

  it("no round can be voided, neither its own nor another's: that would mint refunds", async () => {
    const other = player;
    const round = await openRound();
    const before = await mine.balance(player);
    const values = `'${round.id}', 'a reason', 'a thief', 'a reference'`;
    for (const game of [mine.name, theirs.name]) {
      await fails(denied, `SELECT * FROM pitboss.void_round('${game}', ${values})`);
      await fails(denied, `SELECT * FROM "game_${game}".void_round(${values})`);
    }
    await fails(denied, "SELECT * FROM pitboss.list_voids(NULL, NULL, NULL, 200)");
    await fails(denied, "SELECT pitboss.refuse_change()");
    await fails(
      denied,
      `INSERT INTO pitboss.voids (reference, game, round, was, player, currency, staked, balance_before, balance_after, reason, voided_by, at)
        VALUES ('r', '${mine.name}', '${round.id}', 'open', 'me', 'USD', 1, 0, 1, 'r', 'me', now())`,
    );
    await fails(
      denied,
      `UPDATE "${mine.schema}".rounds SET state = 'voided' WHERE id = '${round.id}'`,
    );
    const { rows } = await thief.query(`SELECT "${mine.schema}".round_void($1) AS void`, [
      round.id,
    ]);
    assert.equal(rows[0].void, null);
    assert.equal(await mine.balance(player), before);
    const seen = await pod.rounds.get(player, round.id);
    assert.ok("state" in seen && seen.state === "open");
    player = other;
  });

  it("a round that is kept in hand keeps no session of the lobby", async () => {
    const other = player;
    const round = await openRound();
    const admin = administrator(database);
    const holder = await thief.connect();
    await holder.query("SET idle_in_transaction_session_timeout = 0");
    await holder.query("BEGIN");
    const lock = `SELECT status FROM "${mine.schema}".lock_round($1, $2, 'k', $3)`;
    await holder.query(lock, [player, round.id, "00".repeat(32)]);
    await assert.rejects(admin.void({ game: mine.name, id: round.id }), { code: "55P03" });
    await holder.query("ROLLBACK");
    holder.release();
    assert.equal((await admin.void({ game: mine.name, id: round.id })).status, "created");
    await admin.close();
    player = other;
  });

  it("of another game's voids nothing is told", async () => {
    const bettor = await theirs.player(1000);
    const at = await theirs.pod();
    const round = created(await at.rounds.place(placeRequest(bettor, { side: "heads" })));
    const admin = administrator(database);
    assert.equal((await admin.void(round)).status, "created");
    await admin.close();
    await fails(denied, `SELECT "${theirs.schema}".round_void('${round.id}')`);
    const { rows } = await thief.query(`SELECT "${mine.schema}".round_void($1) AS void`, [
      round.id,
    ]);
    assert.equal(rows[0].void, null);
  });

  it("nothing of its own can stand before what the functions mean", async () => {
    await fails(
      denied,
      `CREATE FUNCTION "${mine.schema}".judge() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    );
    await fails(denied, `CREATE TABLE "${mine.schema}".mine (a int)`);
    await fails(denied, "CREATE TABLE public.games (name text)");
    await fails(denied, "CREATE SCHEMA mine");
    await fails(denied, "CREATE TEMP TABLE games (name text)");
    const client = await thief.connect();
    await client.query("SET search_path = pg_temp, public");
    assert.equal(await play({ stake: "1" }, client), "stake_limits");
    await client.query("SET ROLE NONE");
    client.release(true);
  });

  it("no other role or game can be taken on", async () => {
    for (const role of [theirs.schema, "pitboss_operator", "pitboss_lobby", "postgres"]) {
      await fails(denied, `SET ROLE "${role}"`);
      await fails(denied, `SET SESSION AUTHORIZATION "${role}"`);
    }
    await fails(denied, `ALTER ROLE "${mine.schema}" SUPERUSER`);
  });

  it("no round can pay beyond its revision, its limits or what was said before", async () => {
    assert.equal(await play({ bound: "1000001" }), "stake_over_exposure");
    assert.equal(await play({ stake: "25", bound: "999999999" }), "stake_over_exposure");
    assert.equal(await play({ stake: "10025" }), "stake_limits");
    assert.equal(await play({ stake: "-100" }), "stake_limits");
    assert.equal(await play({ stake: "100.5" }), "stake_limits");
    assert.equal(await play({ stake: "NaN" }), "stake_limits");
    assert.equal(await play({ currency: "EUR" }), "stake_limits");
    assert.equal(await play({ revision: theirs.compiled.revision }), "revision_retired");
    const before = await mine.balance(player);
    for (const more of [
      { payout: "104" },
      { payout: "-1" },
      { digest: null },
      { bound: "-5", payout: "0" },
      { payout: "NaN" },
      { expected: "NaN" },
    ]) {
      await assert.rejects(play(more), { code: checkViolation }, JSON.stringify(more));
    }
    assert.equal(await mine.balance(player), before);
  });

  it("no money comes into being: every transfer has two sides, and staked money must be there", async () => {
    assert.equal(await play({ player: "nobody", pair: uuidv7() }), "nonce_moved");
    const poor = await mine.player(0);
    const { id } = await pairOf(poor);
    assert.equal(await play({ player: poor, pair: id, nonce: 0 }), "insufficient_funds");
    const { rows } = await database.db.pool.query(
      `SELECT sum(CASE WHEN a.id = t.credit THEN t.amount ELSE -t.amount END) AS total
         FROM pitboss.transfers t JOIN pitboss.accounts a ON a.id IN (t.debit, t.credit)`,
    );
    assert.equal(rows[0].total, "0");
  });

  async function pairOf(name: string): Promise<{ id: string }> {
    await pod.pairs.current(name);
    const { rows } = await thief.query(
      `SELECT id FROM "${mine.schema}".seed_pairs WHERE player = $1 AND state = 'active'`,
      [name],
    );
    return rows[0];
  }

  it("no nonce can be played twice, skipped or taken from another pair", async () => {
    const { nonce } = await item();
    assert.equal(await play({ nonce: Number(nonce) + 1 }), "nonce_moved");
    assert.equal(await play({ nonce: Number(nonce) - 1 }), "nonce_moved");
    assert.equal(await play({ pair: uuidv7() }), "nonce_moved");
  });

  it("no round is settled twice, paid beyond its bound, or ended before its time", async () => {
    const round = await openRound();
    await assert.rejects(act(round, { payout: "2476" }), { code: checkViolation });
    await assert.rejects(act(round, { debit: "101" }), { code: checkViolation });
    await assert.rejects(act(round, { debit: "-1" }), { code: checkViolation });
    await assert.rejects(act(round, { debit: "NaN" }), { code: checkViolation });
    await assert.rejects(act(round, { payout: "NaN" }), { code: checkViolation });
    const early = await act(round, { key: null, hash: null });
    assert.equal(early.rows[0].status, "not_expired");
    const byClock = await act(round, { key: null, hash: null, actions: [] });
    assert.equal(byClock.rows[0].status, "not_expired");
    assert.equal(
      (await thief.query(`SELECT "${mine.schema}".lock_expired($1, $2) AS l`, [player, round.id]))
        .rows[0].l,
      null,
    );
    assert.equal((await act(round, { version: 7 })).rows[0].status, "version_conflict");
    assert.equal((await act(round)).rows[0].status, "done");
    assert.equal((await act(round)).rows[0].status, "round_settled");
    assert.equal(await mine.balance(player), 1000n);
  });

  it("no other player's round can be moved on", async () => {
    const round = await openRound();
    const { rows } = await act(round, { player: await mine.player() });
    assert.equal(rows[0].status, "not_found");
  });

  it("an action without funds for what it adds changes nothing", async () => {
    const round = await openRound();
    await database.db.pool.query("SELECT pitboss.cashier_transfer($1, 'USD', -850, $2)", [
      player,
      round.id,
    ]);
    const double = { debit: "100", payout: null, digest: null, legal_actions: ["stand"] };
    const { rows } = await act(round, double);
    assert.equal(rows[0].status, "insufficient_funds");
    const seen = await pod.rounds.get(player, round.id);
    assert.deepEqual(seen, { ...seen, version: round.version, stake: 100n });
    await act(round, { ...double, debit: "50" });
    const after = await pod.rounds.get(player, round.id);
    assert.deepEqual(after, { ...after, version: 2, stake: 150n, state: "open" });
  });

  it("no half of a minor unit is lost or found by rounding", async () => {
    const round = await openRound();
    await act(round, { debit: "0.5", payout: null, digest: null });
    await act({ ...round, version: 2 }, { payout: "99.5" });
    await play({ payout: "50.5" });
    const { rows } = await database.db.pool.query("SELECT * FROM pitboss.wrong_balances");
    assert.deepEqual(rows, []);
  });

  it("a transaction that is left open does not keep the game open", async () => {
    const holder = await thief.connect();
    await holder.query("SET idle_in_transaction_session_timeout = 0");
    await holder.query("SET lock_timeout = 0");
    await holder.query("BEGIN");
    assert.equal(await play({ stake: "1" }, holder), "stake_limits");
    const state = (to: string) =>
      mine.operator.query("UPDATE pitboss.games SET state = $2 WHERE name = $1", [mine.name, to]);
    await state("Suspended");
    await assert.rejects(holder.query("COMMIT"));
    holder.release(true);
    assert.equal(await play(), "game_suspended");
    await state("Active");
  });

  it("an old snapshot cannot hide a suspension", async () => {
    const stale = await thief.connect();
    for (const level of ["REPEATABLE READ", "SERIALIZABLE"]) {
      await stale.query(`BEGIN ISOLATION LEVEL ${level}`);
      await stale.query("SELECT 1");
      await assert.rejects(play({}, stale), { code: refusedIsolation });
      await stale.query("ROLLBACK");
    }
    stale.release();
  });

  it("its own state and limits cannot be changed", async () => {
    await fails(denied, "UPDATE pitboss.games SET state = 'Active'");
    await fails(denied, "UPDATE pitboss.game_revisions SET stakes = '[]'");
    await fails(denied, `ALTER FUNCTION "${mine.schema}".play(jsonb) RESET ALL`);
    await fails(denied, `DROP FUNCTION "${mine.schema}".judge`);
    await fails(denied, `ALTER TABLE "${mine.schema}".rounds DISABLE TRIGGER ALL`);
  });

  it("what it can read foretells nothing: seeds are ciphertext, and mines of open rounds are nowhere", async () => {
    await openRound();
    const { rows } = await thief.query(
      `SELECT to_jsonb(p) AS pair, to_jsonb(r) AS round
         FROM "${mine.schema}".seed_pairs p JOIN "${mine.schema}".rounds r ON r.pair = p.id
        WHERE r.player = $1`,
      [player],
    );
    assert.equal(rows[0].pair.server_seed, null);
    assert.equal(rows[0].pair.sealed.length, 2 + 120);
    assert.deepEqual(rows[0].round.outcome, { safe: [] });
    assert.equal(rows[0].round.digest, null);
  });

  it("more than 32 rounds in a call, or two of one player, are not played", async () => {
    const items = await Promise.all(Array.from({ length: 33 }, (_, i) => item({ item: i })));
    await fails("54000", `SELECT * FROM "${mine.schema}".play($1)`, [JSON.stringify(items)]);
    const fresh = await mine.player(1000);
    const { id } = await pairOf(fresh);
    const two = [0, 1].map((i) =>
      item({ item: i, player: fresh, pair: id, nonce: 0, key: `k${i}`, round: uuidv7() }),
    );
    const { rows } = await thief.query(
      `SELECT item, status FROM "${mine.schema}".play($1) ORDER BY item`,
      [JSON.stringify(await Promise.all(two))],
    );
    assert.deepEqual(
      rows.map(({ status }) => status),
      ["created", "deferred"],
    );
  });
});
