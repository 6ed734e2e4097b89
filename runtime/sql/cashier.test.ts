import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { type ChainDatabase, chainDatabase } from "../../test/harness/chain.ts";

/** SQLSTATEs that a thief may see. */
const denied = "42501";
const checkViolation = "23514";
const chain = "casino/eth";
const asset = "eip155:1/slip44:60";

describe("the cashier's part of the ledger", () => {
  let database: ChainDatabase;
  let lobby: pg.Pool;
  let agent: pg.Pool;

  before(async () => {
    database = await chainDatabase();
    const pool = (connectionString: string) => {
      const made = new pg.Pool({ connectionString, max: 8 });
      made.on("error", () => undefined);
      return made;
    };
    [lobby, agent] = [pool(database.lobbyUrl), pool(database.agentUrl)];
    await saved([{ asset, currency: "ETH", minWithdrawal: "100" }]);
  });
  after(async () => {
    await Promise.all([lobby?.end(), agent?.end()]);
    await database?.drop();
  });

  const saved = async (assets: object[], on = chain) => {
    const text = "SELECT pitboss.save_chain_assets($1, $2) AS answer";
    const { rows } = await database.db.pool.query(text, [on, JSON.stringify(assets)]);
    return rows[0].answer;
  };
  const addressFor = async (player: string) => {
    const made = `0x${randomBytes(20).toString("hex")}`;
    const { rows } = await lobby.query("SELECT * FROM pitboss.address_of($1, $2, $3)", [
      player,
      chain,
      asset,
    ]);
    const kept = await lobby.query("SELECT pitboss.keep_address($1, $2) AS kept", [
      rows[0].id,
      made,
    ]);
    return String(kept.rows[0].kept);
  };
  const deposit = (address: string, more: object = {}) => ({
    ...{
      deposit: `eip155:1/0x${randomBytes(32).toString("hex")}/value`,
      revision: 1,
      state: "final",
    },
    ...{ address, asset, amount: "500", transaction: "0x1", height: 7, ...more },
  });
  let cursor = "";
  const take = async (
    items: object[],
    from = cursor,
    to: string = randomUUID(),
    at: pg.Pool = lobby,
  ) => {
    const text = "SELECT * FROM pitboss.take_deposits($1, $2, $3, $4, $5)";
    const { rows } = await at.query(text, [chain, from, JSON.stringify(items), to, 9]);
    if (rows[0].status === "taken") cursor = to;
    return rows[0];
  };
  const balance = async (player: string) => {
    const { rows } = await lobby.query("SELECT balance FROM pitboss.wallet($1)", [player]);
    return rows[0]?.balance ?? "0";
  };
  const withdraw = async (
    player: string,
    amount: string | number,
    more: { key?: string; hash?: Buffer } = {},
  ) => {
    const { key = randomUUID(), hash = randomBytes(32) } = more;
    const text = "SELECT * FROM pitboss.request_withdrawal($1, $2, $3, $4, $5, $6, 'somewhere')";
    const { rows } = await lobby.query(text, [player, key, hash, chain, asset, amount]);
    return rows[0];
  };
  const follow = async (id: string, revision: number, state: string, more: object = {}) => {
    const item = { id, revision, state, transaction: null, height: null, reason: null, ...more };
    const { rows } = await lobby.query("SELECT * FROM pitboss.follow_withdrawals($1, $2)", [
      ...[chain, JSON.stringify([item])],
    ]);
    return rows[0];
  };
  const stateOf = async (player: string) => {
    const { rows } = await lobby.query("SELECT * FROM pitboss.withdrawals($1, NULL, NULL, 1)", [
      player,
    ]);
    return rows[0].state;
  };
  const rich = async (player: string) => {
    await take([deposit(await addressFor(player), { amount: "1000" })]);
    return player;
  };

  it("credits a deposit once, whatever is told again, in whatever order", async () => {
    const final = deposit(await addressFor("ann"), { revision: 5 });
    assert.equal((await take([{ ...final, revision: 2, state: "pending" }])).credited, 0);
    assert.equal(await balance("ann"), "0");
    assert.equal((await take([final])).credited, 1);
    for (const again of [
      final,
      { ...final, revision: 6 },
      { ...final, revision: 1, state: "reorged" },
    ]) {
      const told = await take([again, again]);
      assert.deepEqual([told.credited, told.contradicted], [0, []]);
    }
    assert.equal(await balance("ann"), "500");
  });

  it("tells when what was credited is told otherwise, and leaves it", async () => {
    const final = deposit(await addressFor("bea"));
    await take([final]);
    for (const change of [{ state: "reorged" }, { amount: "501" }, { address: "0x9" }]) {
      const told = await take([{ ...final, revision: 9, ...change }]);
      assert.deepEqual(told.contradicted, [final.deposit]);
    }
    assert.equal(await balance("bea"), "500");
  });

  it("takes nothing from a cursor that it has left, so two readers book once", async () => {
    const final = deposit(await addressFor("cat"));
    const from = cursor;
    const told = await Promise.all(
      Array.from({ length: 6 }, (_, i) => take([final], from, `to-${i}`)),
    );
    assert.deepEqual(told.map(({ status }) => status).sort(), [...Array(5).fill("moved"), "taken"]);
    assert.equal(await balance("cat"), "500");
    const [moved] = told.filter(({ status }) => status === "moved");
    assert.equal(moved.stands, cursor);
  });

  it("holds what is nobody's, of no asset, or beyond all bounds", async () => {
    const address = await addressFor("dan");
    const odd = [
      deposit(`0x${"0".repeat(40)}`),
      deposit(address, { asset: "eip155:1/erc20:0xspam" }),
      deposit(address, { amount: `2${"0".repeat(30)}` }),
    ];
    const told = await take(odd);
    assert.deepEqual([told.credited, told.held.length], [0, 3]);
    assert.equal(await balance("dan"), "0");
    await assert.rejects(take([deposit(address, { amount: "-5" })]), { code: checkViolation });
    await assert.rejects(take([deposit(address, { amount: "NaN" })]), { code: checkViolation });
  });

  it("debits a withdrawal with its outbox row, once for each key", async () => {
    const player = await rich("eve");
    const [key, hash] = [randomUUID(), randomBytes(32)];
    const all = await Promise.all(
      Array.from({ length: 8 }, () => withdraw(player, 400, { key, hash })),
    );
    assert.deepEqual(all.map(({ status }) => status).sort(), [
      "created",
      ...Array(7).fill("replayed"),
    ]);
    assert.equal(new Set(all.map(({ withdrawal }) => withdrawal)).size, 1);
    assert.equal(await balance(player), "600");
    assert.equal((await withdraw(player, 401, { key })).status, "idempotency_mismatch");
    const { rows } = await lobby.query("SELECT * FROM pitboss.withdrawals_to_submit($1, 10)", [
      chain,
    ]);
    assert.ok(rows.some(({ id, amount }) => id === all[0].withdrawal && amount === "400"));
  });

  const refused: [string | number, string][] = [
    [601, "insufficient_funds"],
    [99, "amount_limit"],
    [0, "amount_limit"],
    [-500, "amount_limit"],
    ["100.5", "amount_limit"],
    ["NaN", "amount_limit"],
    ["Infinity", "amount_limit"],
    [`2${"0".repeat(30)}`, "amount_limit"],
  ];
  for (const [amount, status] of refused) {
    it(`answers ${status} to a withdrawal of ${amount}, and stores nothing`, async () => {
      const before = await balance("eve");
      const answer = await withdraw("eve", amount);
      assert.deepEqual([answer.status, answer.withdrawal], [status, null]);
      assert.equal(await balance("eve"), before);
    });
  }

  it("gives a withdrawal back once, only where it can never be paid, and never after it was", async () => {
    const player = await rich("fay");
    const { withdrawal: lost } = await withdraw(player, 300);
    for (const state of ["submitted", "mined", "attention"]) await follow(lost, 2, state);
    assert.equal(await stateOf(player), "submitted");
    await follow(lost, 3, "attention");
    assert.equal(await balance(player), "700");
    const told = await Promise.all(
      [4, 5, 5, 6].map((revision) => follow(lost, revision, "impossible")),
    );
    assert.equal(
      told.reduce((sum, { refunded }) => sum + refunded, 0),
      1,
    );
    assert.equal(await balance(player), "1000");
    assert.deepEqual((await follow(lost, 9, "completed")).contradicted, [lost]);
    assert.equal(await stateOf(player), "refunded");

    const { withdrawal: paid } = await withdraw(player, 300);
    await follow(paid, 2, "completed", { transaction: "0x1", height: 5 });
    assert.deepEqual((await follow(paid, 3, "impossible")).contradicted, [paid]);
    assert.equal(await balance(player), "700");
  });

  it("keeps an asset's currency, and takes no new ones of what is listed no more", async () => {
    assert.equal((await saved([{ asset, currency: "BTC" }])).status, "currency_fixed");
    assert.equal((await saved([{ asset: "x", currency: "ETH" }])).status, "currency_fixed");
    assert.equal((await saved([{ asset: "x", currency: "XXX" }])).status, "unknown_currency");
    const player = await rich("gus");
    const late = deposit(await addressFor(player));
    await saved([]);
    assert.equal((await withdraw(player, 200)).status, "unknown_asset");
    assert.equal((await take([late])).credited, 1);
    assert.equal((await saved([{ asset, currency: "ETH", minWithdrawal: "100" }])).status, "saved");
    assert.equal((await withdraw(player, 200)).status, "created");
  });

  it("has books that balance after all of it", async () => {
    for (const view of ["wrong_balances", "wrong_cashiers"]) {
      assert.deepEqual((await database.db.pool.query(`SELECT * FROM pitboss.${view}`)).rows, []);
    }
    const { rows } = await database.db.pool.query(
      `SELECT sum(CASE WHEN a.id = t.credit THEN t.amount ELSE -t.amount END) AS total
         FROM pitboss.transfers t JOIN pitboss.accounts a ON a.id IN (t.debit, t.credit)`,
    );
    assert.equal(rows[0].total, "0");
  });

  describe("with a stolen role", () => {
    const tables = async (schema: string) => {
      const { rows } = await database.db.pool.query<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p')`,
        [schema],
      );
      return rows.map(({ name }) => `${schema}.${name}`);
    };
    const fails = (pool: pg.Pool, text: string) =>
      assert.rejects(pool.query(text), { code: denied }, text);

    it("of the lobby no table of the cashier can be written, and none of the agents seen", async () => {
      const mine = (await tables("pitboss")).filter((name) =>
        /chain_|deposit_addresses/.test(name),
      );
      assert.ok(mine.length >= 5);
      for (const table of mine) {
        for (const write of [
          `DELETE FROM ${table}`,
          `TRUNCATE ${table}`,
          `UPDATE ${table} SET chain = 'x'`,
        ]) {
          await fails(lobby, write);
        }
      }
      for (const table of await tables("chain")) await fails(lobby, `SELECT * FROM ${table}`);
      await fails(lobby, "SELECT chain.give_up('x', 'y', 'z')");
    });

    it("of the lobby the parts of the functions cannot be called alone", async () => {
      await fails(lobby, "SELECT pitboss.move_over_chain('c', 'me', 'ETH', 1, 'deposit', 'x')");
      await fails(lobby, "SELECT pitboss.open_stream('c', 'deposits', '')");
      await fails(lobby, "SELECT pitboss.credit_deposit(NULL)");
      await fails(lobby, "SELECT pitboss.save_chain_assets('c', '[]')");
    });

    it("of the agents nothing of the ledger can be seen, written or called", async () => {
      for (const table of await tables("pitboss")) {
        await fails(agent, `SELECT * FROM ${table}`);
        await fails(agent, `DELETE FROM ${table}`);
      }
      await fails(agent, "SELECT * FROM pitboss.take_deposits('c', '', '[]', '', 1)");
      await fails(agent, "SELECT * FROM pitboss.cashier_transfer('me', 'ETH', 1, 'x')");
    });

    it("of the agents no nonce, body, candidate or coin can be changed, and nothing is taken back", async () => {
      for (const table of await tables("chain")) {
        for (const write of [
          `DELETE FROM ${table}`,
          `TRUNCATE ${table}`,
          `INSERT INTO ${table} DEFAULT VALUES`,
        ]) {
          await fails(agent, write);
        }
      }
      await fails(agent, "UPDATE chain.withdrawals SET nonce = 0");
      await fails(agent, "UPDATE chain.senders SET next_nonce = 0");
      await fails(agent, "UPDATE chain.candidates SET raw = ''");
      await fails(agent, "SELECT chain.give_up('x', 'y', 'z')");
      await fails(agent, "SELECT chain.rewind_scan('x', 1, 'z')");
    });

    it("every function that runs as its owner has a fixed search_path that ends in pg_temp", async () => {
      const { rows } = await database.db.pool.query(
        `SELECT p.oid::regprocedure AS name FROM pg_proc p
          WHERE p.prosecdef AND p.pronamespace IN ('pitboss'::regnamespace, 'chain'::regnamespace)
            AND (p.proconfig IS NULL OR NOT EXISTS (
              SELECT FROM unnest(p.proconfig) AS c WHERE c ~ '^search_path=.*pg_temp$'))`,
      );
      assert.deepEqual(rows, []);
    });
  });

  describe("the agents' rules", () => {
    const submit = async (
      id: string,
      more: { amount?: number; nonce?: number | null; refusal?: string | null } = {},
    ) => {
      const { amount = 5, nonce = 3, refusal = null } = more;
      const { rows } = await agent.query(
        "SELECT chain.submit_withdrawal('c', $1, 'a', $2, 'to', 'me', true, $3, $4) AS status",
        [id, amount, nonce, refusal],
      );
      return rows[0].status;
    };
    const row = async (id: string) => {
      const { rows } = await agent.query(
        "SELECT * FROM chain.withdrawals WHERE withdrawal_id = $1",
        [id],
      );
      return rows[0];
    };
    const candidate = async (id: string, number: number, cancels = false, holder = "me") => {
      const { rows } = await agent.query(
        "SELECT chain.add_candidate('c', $1, $2, $3, 'raw', 1, 1, $4, 'wallet', $5) AS done",
        [id, number, `${id}-${number}`, cancels, holder],
      );
      return rows[0].done;
    };
    const move = (id: string, to: string, mined: string | null) =>
      agent.query("SELECT chain.move_withdrawal('c', $1, $2, $3, $4, $5, 1, '')", [
        ...[id, to, mined, mined === null ? null : 1, mined === null ? null : "h"],
      ]);

    it("give each id one nonce, without gaps, however many ask at once", async () => {
      assert.equal(await submit("first", { nonce: null }), "needs_nonce");
      const ids = Array.from({ length: 12 }, (_, i) => `id-${i}`);
      await Promise.all(ids.flatMap((id) => [submit(id), submit(id), submit(id, { nonce: 99 })]));
      const nonces = await Promise.all(ids.map(async (id) => Number((await row(id)).nonce)));
      const lowest = Math.min(...nonces);
      assert.deepEqual(
        nonces.toSorted((a, b) => a - b),
        ids.map((_, i) => lowest + i),
      );
      assert.equal(await submit("id-0"), "existing");
      assert.equal(await submit("id-0", { amount: 6 }), "other_body");
    });

    it("reject without a nonce, for ever", async () => {
      assert.equal(await submit("refused", { refusal: "no" }), "stored");
      assert.deepEqual(
        [(await row("refused")).state, (await row("refused")).nonce],
        ["REJECTED", null],
      );
      assert.equal(await submit("refused"), "existing");
      assert.equal((await row("refused")).state, "REJECTED");
    });

    it("store candidates in order, by the holder of the lease alone, and none that pays after one that cancels", async () => {
      assert.equal(await candidate("id-0", 1), false);
      await agent.query("SELECT chain.take_lease('c', 'wallet', 'me', 30)");
      const { rows } = await agent.query(
        "SELECT chain.take_lease('c', 'wallet', 'you', 30) AS held",
      );
      assert.equal(rows[0].held, false);
      assert.equal(await candidate("id-0", 2), false);
      assert.equal(await candidate("id-0", 1, false, "you"), false);
      assert.equal(await candidate("id-0", 1), true);
      await agent.query("SELECT chain.want_cancelled('c', 'id-0')");
      assert.equal(await candidate("id-0", 2), false);
      assert.equal(await candidate("id-0", 2, true), true);
    });

    it("believe only in what was signed here, and never leave an end", async () => {
      await assert.rejects(move("id-0", "FINALIZED", "foreign"), { code: checkViolation });
      await assert.rejects(move("id-0", "MINED", null), { code: checkViolation });
      await assert.rejects(move("id-0", "FINALIZED", "id-0-2"), { code: checkViolation });
      await assert.rejects(move("id-0", "CANCELLED", "id-0-1"), { code: checkViolation });
      await move("id-0", "CANCELLED", "id-0-2");
      await move("id-0", "FINALIZED", "id-0-1");
      await move("id-0", "BROADCAST", null);
      assert.equal((await row("id-0")).state, "CANCELLED");
      assert.equal(await candidate("id-0", 3, true), false);
    });

    it("read blocks one after the other, and undo none that was final", async () => {
      const read = (text: string) =>
        agent.query(`SELECT ${text} AS done`).then(({ rows }) => rows[0].done);
      await agent.query("SELECT chain.begin_scan('s', 10, 'a')");
      assert.equal(await read("chain.read_block('s', 10, 'a', 11, 'b', '[]', 10, 'a')"), true);
      assert.equal(await read("chain.read_block('s', 10, 'a', 11, 'b', '[]', 10, 'a')"), false);
      await assert.rejects(read("chain.read_block('s', 11, 'b', 13, 'd', '[]', 10, 'a')"), {
        code: checkViolation,
      });
      assert.equal(await read("chain.settle_scan('s', 11, 'b', 11, 'b')"), true);
      await assert.rejects(read("chain.undo_blocks('s', 11, 'b', 10, 'a')"), {
        code: checkViolation,
      });
    });
  });
});
