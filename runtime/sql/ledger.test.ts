import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { currencies } from "../../games/currencies.ts";
import type { Json } from "../../games/game.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import {
  created,
  hashOf,
  type ListedGame,
  listedGame,
  placeRequest,
  usd,
} from "../../test/harness/game.ts";
import { type Administrator, administrator } from "../../test/harness/voids.ts";
import type { OpenGame } from "../types.ts";

/** A small generator whose storms can be repeated: seed → numbers below n. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

describe("the ledger", () => {
  let database: TestDatabase;
  let flips: ListedGame;
  let mines: ListedGame;
  let lobby: pg.Pool;
  let admin: Administrator;

  before(async () => {
    database = await testDatabase();
    [flips, mines] = await Promise.all([
      listedGame(
        database,
        "coin-flip",
        { multiplier: "1.96" },
        { stakes: [usd, { ...usd, currency: "EUR" }] },
      ),
      listedGame(database, "mines"),
    ]);
    lobby = new pg.Pool({ connectionString: database.lobbyUrl, max: 20 });
    lobby.on("error", () => undefined);
    admin = administrator(database);
  });

  after(async () => {
    await Promise.all([lobby.end(), admin.close()]);
    await Promise.all([flips.close(), mines.close()]);
    await database.drop();
  });

  async function move(player: string, amount: string, reference: string, currency = "USD") {
    const { rows } = await lobby.query("SELECT * FROM pitboss.cashier_transfer($1, $2, $3, $4)", [
      player,
      currency,
      amount,
      reference,
    ]);
    return rows[0];
  }

  async function query(text: string): Promise<{ [column: string]: unknown }[]> {
    return (await flips.operator.query(text)).rows;
  }

  it("knows the currencies that stakes may name", async () => {
    const rows = await query("SELECT code, digits FROM pitboss.currencies");
    assert.deepEqual(new Map(rows.map(({ code, digits }) => [code, digits])), currencies);
  });

  it("moves the cashier's money once for each reference", async () => {
    const player = `cashier-${randomBytes(4).toString("hex")}`;
    const ref = (n: number) => `${player} ${n}`;
    const outcomes: [string, string, string, string | null][] = [
      ["2500", ref(1), "created", "2500"],
      ["2500", ref(1), "replayed", "2500"],
      ["2501", ref(1), "reference_mismatch", "2500"],
      ["-2501", ref(2), "insufficient_funds", "2500"],
      ["-2500", ref(2), "created", "0"],
      ["2500", ref(1), "replayed", "0"],
      ["0", ref(3), "amount_limit", null],
      ["0.5", ref(3), "amount_limit", null],
      ["NaN", ref(3), "amount_limit", null],
      ["1000000000000000000000000000000000", ref(3), "amount_limit", null],
    ];
    for (const [amount, reference, status, balance] of outcomes) {
      const moved = await move(player, amount, reference);
      assert.deepEqual([moved.status, moved.balance], [status, balance], `${amount} ${reference}`);
    }
    assert.equal((await move(player, "1", ref(4), "XXX")).status, "unknown_currency");
  });

  it("moves money once for many requests with one reference at once", async () => {
    const player = `cashier-${randomBytes(4).toString("hex")}`;
    const moved = await Promise.all(Array.from({ length: 20 }, () => move(player, "100", player)));
    const statuses = moved.map(({ status }) => status).sort();
    assert.deepEqual(statuses, ["created", ...Array(19).fill("replayed")]);
    assert.equal(await flips.balance(player), 100n);
  });

  it("lists a player's entries, newest first, signed, page by page", async () => {
    const player = await flips.player(1000);
    const pod = await flips.pod();
    const round = created(await pod.rounds.place(placeRequest(player, { side: "heads" })));
    const entries = async (before: string | null, limit: number) =>
      (await lobby.query("SELECT * FROM pitboss.entries($1, $2, $3)", [player, before, limit]))
        .rows;
    const all = await entries(null, 50);
    const expected = [
      ...(round.payout === 0n ? [] : [["payout", String(round.payout), round.id]]),
      ["stake", "-100", round.id],
      ["deposit", "1000", null],
    ];
    assert.deepEqual(
      all.map(({ kind, amount, round: of }) => [kind, amount, of]),
      expected,
    );
    assert.deepEqual(await entries(all[0].id, 1), [all[1]]);
    assert.deepEqual(
      (await lobby.query("SELECT * FROM pitboss.entries('nobody', NULL, 5)")).rows,
      [],
    );
  });

  it("is closed to the lobby but for its calls", async () => {
    for (const text of [
      "SELECT * FROM pitboss.balances",
      "UPDATE pitboss.games SET state = 'Active'",
      "SELECT * FROM pitboss.seed_keys",
      "SELECT pitboss.open_balance('x', 'USD')",
      `SELECT * FROM "${flips.schema}".rounds`,
    ]) {
      await assert.rejects(lobby.query(text), { code: "42501" }, text);
    }
    assert.ok((await lobby.query("SELECT name FROM pitboss.games")).rows.length >= 2);
  });

  for (const seed of [1, 2, 3]) {
    it(`sums to zero, and each balance equals its entries, after storm ${seed}`, async () => {
      const roll = dice(seed);
      const pods = await Promise.all([flips.pod(), flips.pod(), mines.pod(), mines.pod()]);
      const players = await Promise.all(Array.from({ length: 8 }, () => flips.player(500)));
      const storm = Array.from({ length: 250 }, (_, i) =>
        step(roll, pods, players, `${seed}-${i}`),
      );
      await Promise.all(storm);
      await assertBooks();
      const [voids] = await query("SELECT count(*)::int AS made FROM pitboss.voids");
      assert.ok(Number(voids?.["made"]) > 0);
    });
  }

  /** One thing that happens in a storm; refusals are part of it, errors are not. */
  async function step(
    roll: (n: number) => number,
    pods: OpenGame[],
    players: string[],
    name: string,
  ): Promise<unknown> {
    const [pod, player, what] = [roll(4), players[roll(8)] ?? "", roll(11)];
    const at = pods[pod] as OpenGame;
    const bet: Json = pod < 2 ? { side: "heads" } : { mines: 1 + roll(5) };
    const more = {
      stake: BigInt(25 * (1 + roll(8))),
      key: `key-${roll(60)}`,
      requestHash: hashOf(bet),
    };
    const place = () => at.rounds.place(placeRequest(player, bet, more));
    if (what < 5) return place();
    if (what === 5) return move(player, String(roll(400) - 200), name).catch(assert.fail);
    if (what === 6) return at.pairs.rotate(player, name);
    if (what === 7) return place().then(() => voidOne(at, player, roll, name));
    return actOnOpen(pods[2 + (pod % 2)] as OpenGame, player, roll, name);
  }

  /** One of a player's latest rounds, open or not, and perhaps one that was voided before. */
  async function voidOne(at: OpenGame, player: string, roll: (n: number) => number, name: string) {
    const page = await at.rounds.list(player, { limit: 4 });
    const round = "items" in page ? page.items[roll(4)] : undefined;
    return round === undefined ? null : admin.void(round, { reference: name });
  }

  async function actOnOpen(at: OpenGame, player: string, roll: (n: number) => number, key: string) {
    const action: Json = roll(3) === 0 ? { type: "cashOut" } : { type: "reveal", tile: roll(25) };
    const page = await at.rounds.list(player, { state: "open", limit: 1 });
    const round = "items" in page ? page.items[0] : undefined;
    if (round === undefined) return null;
    const { id, version } = round;
    return at.rounds.act({ player, round: id, version, key, requestHash: hashOf(action), action });
  }

  async function assertBooks(): Promise<void> {
    assert.deepEqual(await query("SELECT * FROM pitboss.wrong_balances"), []);
    assert.deepEqual(await query("SELECT * FROM pitboss.wrong_voids"), []);
    const sums = await query(
      `SELECT sum(CASE WHEN a.id = t.credit THEN t.amount ELSE -t.amount END) AS total
         FROM pitboss.transfers t JOIN pitboss.accounts a ON a.id IN (t.debit, t.credit)`,
    );
    assert.deepEqual(sums, [{ total: "0" }]);
    for (const { schema, name } of [flips, mines]) {
      // Every round against its transfers, and the folded sums against both.
      const wrong = await query(
        `SELECT r.id FROM "${schema}".rounds r
           LEFT JOIN pitboss.transfers t ON t.round = r.id
           LEFT JOIN pitboss.voids v ON v.round = r.id
          GROUP BY r.id, r.state, r.staked, r.payout, v.id
         HAVING r.staked <> coalesce(sum(t.amount) FILTER (WHERE t.kind = 'stake'), 0)
             OR coalesce(r.payout, 0) <> coalesce(sum(t.amount) FILTER (WHERE t.kind = 'payout'), 0)
             OR (r.state = 'voided') <> (v.id IS NOT NULL)
             OR CASE WHEN r.state = 'voided' THEN r.staked + coalesce(r.payout, 0) ELSE 0 END
                <> coalesce(sum(t.amount) FILTER (WHERE t.kind = 'void'), 0)`,
      );
      assert.deepEqual(wrong, []);
      const [rounds] = await query(
        `SELECT count(payout)::text AS rounds, coalesce(sum(staked), 0)::text AS staked,
                coalesce(sum(payout), 0)::text AS paid FROM "${schema}".rounds`,
      );
      const counted = `SELECT coalesce(sum(rounds), 0)::text AS rounds, coalesce(sum(staked), 0)::text AS staked,
                coalesce(sum(paid), 0)::text AS paid FROM pitboss.results WHERE game = '${name}'`;
      assert.deepEqual(await query(counted), [rounds]);
      await query(
        `UPDATE pitboss.counters SET minute = minute - interval '1 hour' WHERE game = '${name}'`,
      );
      await query(`SELECT pitboss.fold_counters('${name}')`);
      assert.deepEqual(await query(`SELECT FROM pitboss.counters WHERE game = '${name}'`), []);
      assert.deepEqual(await query(counted), [rounds]);
      const orphans = await query(
        `SELECT k.key FROM pitboss.keys k LEFT JOIN "${schema}".rounds r ON r.id = k.round
          WHERE k.game = '${name}' AND r.id IS NULL`,
      );
      assert.deepEqual(orphans, []);
    }
  }
});
