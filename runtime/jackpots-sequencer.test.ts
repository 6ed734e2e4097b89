import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { type Fraction, floor, fraction, toText } from "../games/fraction.ts";
import type { TermsText } from "../operator/database/jackpots.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { JackpotModel } from "../test/harness/jackpot-model.ts";
import { type JackpotBooks, jackpotBooks, type TestJackpot } from "../test/harness/jackpots.ts";

const part = (least: number, most: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: 997 }), fc.integer({ min: least, max: most }))
    .map(([n, d]) => `${Math.min(n, d)}/${d}`);
// Less than a whole, at most 996/997; or so that pools meet their thresholds exactly.
const contribution = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 996 }), fc.constantFrom(997, 1000, 999_999_999_989))
    .map(([n, d]) => `${n}/${d}`),
  fc.constant("1/2"),
);

/** Terms under which a few dozen contributions win several times. */
const terms: fc.Arbitrary<TermsText> = fc
  .record({
    seed: fc.integer({ min: 0, max: 300 }),
    above: fc.integer({ min: 1, max: 400 }),
    room: fc.constantFrom(0, 0, 7, 500),
    contribution,
    overflowShare: fc.oneof(fc.constantFrom("0/1", "1/1", "1/5"), part(2, 1009)),
    draws: fc.boolean(),
  })
  .map(({ seed, above, room, draws, ...shares }) => ({
    ...{ ...shares, seed: String(seed), ceiling: String(seed + above + room) },
    ...(draws ? { oneIn: "7", per: "3" } : { mustHitBy: String(seed + above) }),
  }));

const debits = fc.oneof(fc.bigInt(1n, 500n), fc.constantFrom(1n, 2n, 2n, 25n, 10n ** 20n));
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ debits: fc.array(debits, { minLength: 1, maxLength: 12 }) }),
  },
  { weight: 1, arbitrary: fc.record({ change: terms }) },
  { weight: 2, arbitrary: fc.record({ take: fc.constantFrom(1, 3, 5000) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Kind> ? Kind : never;

describe("the sequencer of a jackpot", () => {
  let database: TestDatabase;
  let books: JackpotBooks;

  before(async () => {
    database = await testDatabase();
    books = jackpotBooks(database);
    await books.operator.query("SELECT pitboss.cashier_transfer('ann', 'USD', 1, 'ann')");
    await books.operator.query("SELECT pitboss.cashier_transfer('bob', 'USD', 1, 'bob')");
  });
  after(async () => {
    await books.close();
    await database.drop();
  });

  /** One transaction with a contribution for each debit, by the terms in force; each seventh one hits where there are draws. */
  async function feed({ id }: TestJackpot, amounts: readonly bigint[]): Promise<void> {
    await books.operator.query(
      `INSERT INTO pitboss.jackpot_incoming (jackpot, terms, debit, hit, game, round, player)
         SELECT j.id, j.terms, debit, t.one_in IS NOT NULL AND debit % 7 = 0, 'dice', uuidv7(), CASE debit % 2 WHEN 0 THEN 'ann' ELSE 'bob' END
           FROM pitboss.jackpots j JOIN pitboss.jackpot_terms t ON t.id = j.terms, unnest($2::numeric[]) AS debit WHERE j.id = $1`,
      [id, amounts.map(String)],
    );
  }

  async function run(first: TermsText, steps: readonly Step[]): Promise<TestJackpot> {
    const jackpot = await books.save(first);
    for (const next of steps) {
      if ("debits" in next) await feed(jackpot, next.debits);
      else if ("change" in next) await books.save(next.change, jackpot);
      else await books.sequence(jackpot, next.take);
    }
    await books.settle(jackpot);
    return jackpot;
  }

  interface Position {
    readonly debit: string;
    readonly hit: boolean;
    readonly cycle: string;
    readonly pool: string;
    readonly scale: string;
    readonly body: TermsText;
  }

  const positions = async ({ id }: TestJackpot): Promise<Position[]> => {
    const { rows } = await books.superuser.query(
      `SELECT c.position, c.debit, c.hit, c.cycle, c.pool, y.scale, t.body
         FROM pitboss.jackpot_contributions c JOIN pitboss.jackpot_terms t ON t.id = c.terms
         JOIN pitboss.jackpot_cycles y ON y.jackpot = c.jackpot AND y.cycle = c.cycle
        WHERE c.jackpot = $1 ORDER BY c.position`,
      [id],
    );
    assert.deepEqual(
      rows.map(({ position }) => Number(position)),
      rows.map((_, i) => i + 1),
    );
    return rows;
  };

  /** Each cycle with its terms and threshold: revealed by its win, or still the sequencer's secret. */
  const cycles = async ({ id }: TestJackpot) => {
    const { rows } = await books.superuser.query(
      `SELECT c.opening, c.scale, c.commitment, t.body, coalesce(w.threshold, s.threshold) AS threshold,
              encode(coalesce(w.salt, s.salt), 'hex') AS salt, w.amount, w.position
         FROM pitboss.jackpot_cycles c JOIN pitboss.jackpot_terms t ON t.id = c.terms
         LEFT JOIN pitboss.jackpot_wins w ON w.jackpot = c.jackpot AND w.cycle = c.cycle
         LEFT JOIN pitboss.jackpot_thresholds s ON s.jackpot = c.jackpot AND s.cycle = c.cycle
        WHERE c.jackpot = $1 ORDER BY c.cycle`,
      [id],
    );
    return rows;
  };

  const units = (amount: string, scale: string): Fraction =>
    fraction(BigInt(amount), BigInt(scale));

  it("agrees with exact fractions, whatever the terms, their changes and the batches", async () => {
    await fc.assert(
      fc.asyncProperty(
        terms,
        fc.array(step, { minLength: 1, maxLength: 14 }),
        async (first, steps) => {
          const jackpot = await run(first, steps);
          const [taken, opened] = [await positions(jackpot), await cycles(jackpot)];
          const model = new JackpotModel(first);
          for (const { debit, hit, body, cycle } of taken) {
            const place = model.wins.length;
            assert.equal(Number(cycle), place + 1);
            // Terms that were changed wait for a win: those of the next cycle are what waited.
            model.pending = opened[place + 1]?.body;
            const threshold = opened[place]?.threshold;
            model.contribute(
              { debit: BigInt(debit), hit, terms: body },
              threshold === null ? undefined : BigInt(threshold),
            );
          }
          assert.deepEqual(
            taken.map(({ pool, scale }) => toText(units(pool, scale))),
            model.pools.map(toText),
          );
          assert.deepEqual(
            opened.flatMap(({ amount, position }) =>
              amount === null ? [] : [{ at: Number(position) - 1, amount: BigInt(amount) }],
            ),
            model.wins,
          );
          assert.deepEqual(
            opened.map(({ opening, scale }) => toText(units(opening, scale))),
            model.openings.map(toText),
          );
          await agrees(jackpot, model);
        },
      ),
      { numRuns: 150 },
    );
  });

  async function agrees(jackpot: TestJackpot, model: JackpotModel): Promise<void> {
    const row = await books.books(jackpot);
    const at = (column: string) => toText(units(row[column] ?? "", row["scale"] ?? ""));
    assert.equal(row["difference"], "0");
    assert.equal(row["uncounted"], "0");
    assert.equal(at("pool"), toText(model.pool));
    assert.equal(at("overflow"), toText(model.overflow));
    assert.equal(at("contributions"), toText(model.contributions));
    assert.equal(at("seeds"), String(model.seeds));
    assert.equal(at("roundings"), toText(model.roundings));
    assert.equal(at("wins"), String(model.wins.reduce((sum, { amount }) => sum + amount, 0n)));
    const { rows } = await books.operator.query(
      `SELECT p.funds, p.wins::int, p.position::int,
              (SELECT coalesce(sum(CASE WHEN t.credit = j.account THEN t.amount ELSE -t.amount END), 0)
                 FROM pitboss.transfers t WHERE j.account IN (t.debit, t.credit)) AS account
         FROM pitboss.jackpots j JOIN pitboss.jackpot_pools p ON p.jackpot = j.id WHERE j.id = $1`,
      [jackpot.id],
    );
    assert.equal(rows[0].funds, rows[0].account);
    assert.equal(rows[0].wins, model.wins.length);
    assert.equal(rows[0].position, model.pools.length);
  }

  it("keeps every player's balance the sum of what it was paid", async () => {
    const { rows } = await books.operator.query("SELECT * FROM pitboss.wrong_balances");
    assert.deepEqual(rows, []);
  });

  it("commits to each threshold, which lies above the opening pool and at most at mustHitBy", async () => {
    const { rows } = await books.operator.query("SELECT id FROM pitboss.jackpots");
    let seen = 0;
    for (const { id } of rows) {
      for (const cycle of await cycles({ id, namespace: "", name: "" })) {
        const { body, threshold, salt, commitment } = cycle;
        assert.equal(threshold === null, body.mustHitBy === undefined);
        if (threshold === null) continue;
        seen += 1;
        const hash = createHash("sha256").update(Buffer.from(salt, "hex")).update(threshold);
        assert.equal(hash.digest("hex"), commitment);
        assert.ok(BigInt(threshold) > floor(units(cycle.opening, cycle.scale)));
        assert.ok(BigInt(threshold) <= BigInt(body.mustHitBy));
      }
    }
    assert.ok(seen > 50, `${seen} thresholds`);
  });

  it("draws thresholds evenly", async () => {
    const { rows } = await books.superuser.query(
      "SELECT n, count(*)::int AS seen FROM (SELECT pitboss.strong_below(7) AS n FROM generate_series(1, 14000)) d GROUP BY n ORDER BY n",
    );
    assert.deepEqual(
      rows.map(({ n }) => n),
      ["0", "1", "2", "3", "4", "5", "6"],
    );
    const chiSquare = rows.reduce((sum, { seen }) => sum + (seen - 2000) ** 2 / 2000, 0);
    // 6 degrees of freedom: more than this once in a thousand million.
    assert.ok(chiSquare < 55, `chi-square ${chiSquare}`);
  });

  it("tells every win in an event, numbered without gaps", async () => {
    const { rows } = await books.operator.query(
      `SELECT count(*)::int AS events, max(id)::int AS last, count(*) FILTER (WHERE kind IN ('win', 'held'))::int AS wins,
              (SELECT count(*)::int FROM pitboss.jackpot_wins) AS won FROM pitboss.jackpot_events`,
    );
    assert.equal(rows[0].events, rows[0].last);
    assert.equal(rows[0].wins, rows[0].won);
    assert.ok(rows[0].won > 50, `${rows[0].won} wins`);
  });
});
