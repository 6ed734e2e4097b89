import { Client } from "pg";

/** What an auditor asks of the books, computed by PostgreSQL from the ledger itself. */
export interface Books {
  /** Players whose balance is not the sum of their entries. */
  wrongBalances: number;
  /** Rounds of the game whose stake or payout, or what a void gave back and took back, is not what the ledger moved. */
  wrongRounds: number;
  rounds: number;
  keys: number;
}

/** Audits all balances and one game's rounds. */
export async function audit(database: string, game: string): Promise<Books> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    const balances = await client.query(
      `SELECT count(*)::int AS wrong FROM pitboss.balances b WHERE b.balance <>
         coalesce((SELECT sum(CASE WHEN t.credit = b.account THEN t.amount ELSE -t.amount END)
            FROM pitboss.transfers t WHERE t.player = b.account), 0)`,
    );
    const rounds = await client.query(
      `SELECT count(*)::int AS rounds, count(*) FILTER (WHERE
           r.staked <> coalesce(t.staked, 0) OR coalesce(r.payout, 0) <> coalesce(t.paid, 0)
           OR (r.state = 'voided') <> (v.id IS NOT NULL)
           OR coalesce(t.given_back, 0) <> coalesce(v.staked, 0)
           OR coalesce(t.taken_back, 0) <> coalesce(v.payout, 0)
           OR v.staked <> r.staked OR v.payout IS DISTINCT FROM r.payout AND v.id IS NOT NULL)::int AS wrong
         FROM "game_${game}".rounds r LEFT JOIN (
           SELECT round, sum(amount) FILTER (WHERE kind = 'stake') AS staked,
                  sum(amount) FILTER (WHERE kind = 'payout') AS paid,
                  sum(amount) FILTER (WHERE kind = 'void' AND credit = player) AS given_back,
                  sum(amount) FILTER (WHERE kind = 'void' AND debit = player) AS taken_back
             FROM pitboss.transfers WHERE game = $1 GROUP BY round) t ON t.round = r.id
           LEFT JOIN pitboss.voids v ON v.game = $1 AND v.round = r.id`,
      [game],
    );
    const keys = await client.query(
      "SELECT count(*)::int AS keys FROM pitboss.keys WHERE game = $1",
      [game],
    );
    return {
      wrongBalances: balances.rows[0].wrong,
      wrongRounds: rounds.rows[0].wrong,
      rounds: rounds.rows[0].rounds,
      keys: keys.rows[0].keys,
    };
  } finally {
    await client.end();
  }
}
