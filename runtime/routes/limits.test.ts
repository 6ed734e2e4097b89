import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { parseAmount } from "../../games/money.ts";
import { type TestDatabase, testDatabase } from "../../test/harness/database.ts";
import { type ListedGame, listedGame, type TestStakes } from "../../test/harness/game.ts";
import { type TestIssuer, testApp, testIssuer } from "../testing.ts";
import { parseCsv } from "../testing-csv.ts";
import { gameRoutes } from "./index.ts";

/** Currency, digits, and a stake: a million of the dearest, in wei; a billion of others. */
const cases: [string, number, string][] = [
  ["JPY", 0, "1000000000000"],
  ["USD", 2, "1000000000.01"],
  ["BTC", 8, "21000000.00000001"],
  ["ETH", 18, "1000000.000000000000000001"],
];

/** Takes that stake, and pays five million times as much where it must (12 mines of 25). */
const terms = ([currency, digits, stake]: [string, number, string]): TestStakes => {
  const max = parseAmount(stake, digits) ?? 0n;
  const maxPayout = String(max * 10_000_000n);
  return { currency, digits, min: "1", max: String(max), step: "1", maxPayout };
};

describe("amounts of any size, from HTTP to SQL to CSV", () => {
  let database: TestDatabase;
  let issuer: TestIssuer;
  const closing: (() => Promise<void>)[] = [];

  before(async () => {
    database = await testDatabase();
    issuer = await testIssuer();
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
    await database?.drop();
  });

  async function served(engine: string) {
    const options = { stakes: cases.map(terms) };
    const listed: ListedGame = await listedGame(database, engine, {}, options);
    closing.push(() => listed.close());
    const pod = await listed.pod();
    const app = await testApp(
      gameRoutes({ ...pod, game: listed.name, compiled: listed.compiled }),
      issuer,
    );
    closing.push(() => app.stop());
    return { listed, app, base: `/games/${listed.name}` };
  }

  for (const [currency, digits, stake] of cases) {
    it(`keeps every digit of ${stake} ${currency}`, async () => {
      const { listed, app, base } = await served("mines");
      const minor = (text: string) => parseAmount(text, digits) ?? 0n;
      const name = await listed.player(minor(stake) * 100n, currency);
      const token = await issuer.token(name);
      const post = (path: string, json: unknown) =>
        app.call("POST", base + path, { token, key: randomUUID(), json });
      let expected = minor(stake) * 100n;
      for (const mines of [12, 1, 1, 1]) {
        const opened = await post("/rounds", { stake, currency, bet: { mines } });
        assert.equal(opened.status, 201, opened.text);
        const { id, version } = opened.body;
        expected -= minor(stake);
        const tile = { version, action: { type: "reveal", tile: 7 } };
        let { body } = await post(`/rounds/${id}/actions`, tile);
        if (body.state === "open") {
          const cashOut = { version: body.version, action: { type: "cashOut" } };
          body = (await post(`/rounds/${id}/actions`, cashOut)).body;
        }
        assert.deepEqual([body.state, body.stake], ["settled", stake], JSON.stringify(body));
        expected += minor(body.payout);
        assert.equal(minor(body.funds.after), expected);
      }
      assert.equal(await listed.balance(name, currency), expected);
      await proveSums(listed, currency);
      const csv = await app.call("GET", `${base}/rounds.csv`, { token });
      const lines = parseCsv(csv.text);
      assert.deepEqual(
        lines.map((line) => [line["currency"], line["first_stake"], line["total_stake"]]),
        Array(4).fill([currency, stake, stake]),
      );
      const paid = lines.reduce((sum, line) => sum + minor(line["payout"] ?? ""), 0n);
      assert.equal(minor(stake) * 96n + paid, expected);
      assert.equal(minor(lines.at(-1)?.["funds_after"] ?? ""), expected);
    });
  }

  /** The ledger holds zero, and the counters hold what was staked and paid. */
  async function proveSums({ name, operator }: ListedGame, currency: string): Promise<void> {
    const wrong = await operator.query("SELECT * FROM pitboss.wrong_balances");
    assert.deepEqual(wrong.rows, []);
    const { rows } = await operator.query(
      `SELECT (SELECT sum(staked - paid) FROM pitboss.results WHERE game = $1 AND currency = $2) AS counted,
              (SELECT sum(CASE kind WHEN 'stake' THEN amount ELSE -amount END)
                 FROM pitboss.transfers WHERE game = $1 AND currency = $2) AS moved`,
      [name, currency],
    );
    assert.equal(rows[0].counted, rows[0].moved);
  }

  it("refuses what no numeric(38, 0) holds, and what the limits do not allow", async () => {
    const { listed, app, base } = await served("coin-flip");
    const token = await issuer.token(await listed.player(10n ** 30n, "ETH"));
    const stakes: [string, string][] = [
      ["1".padEnd(39, "0"), "/stake"],
      [`${"9".repeat(20)}.${"9".repeat(18)}`, "/stake"],
      ["0.0000000000000000001", "/stake"],
      ["10000000000001", "/stake"],
    ];
    for (const [stake, pointer] of stakes) {
      const json = { stake, currency: "ETH", bet: { side: "heads" } };
      const reply = await app.call("POST", `${base}/rounds`, { token, key: randomUUID(), json });
      assert.deepEqual([reply.status, reply.body.code], [422, "stake_limits"], reply.text);
      assert.equal(reply.body.pointer, pointer);
    }
  });
});
