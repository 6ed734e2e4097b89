import pg from "pg";
import { schemaOf } from "./names.ts";
import { inSession } from "./session.ts";
import type { Database, Observed } from "./types.ts";

/** Below this the spread of single rounds says more than the game does. */
const ROUNDS_ENOUGH = 1_000;

interface Row {
  readonly currency: string;
  readonly rounds: string;
  readonly staked: string;
  readonly paid: string;
  readonly deviation: string;
  readonly deviation_squared: string;
  readonly largest_risk: string;
  readonly largest_win: string;
  readonly open: string;
  readonly open_risk: string;
  readonly open_win: string;
  /** Since the last acknowledgement. */
  readonly judged_rounds: string;
  readonly judged_staked: string;
  readonly judged_paid: string;
  readonly judged_deviation: string;
  readonly judged_squared: string;
}

// One statement, so that no round is missing from the sums and from the open ones, or in both.
const queryOf = (schema: string): string => `
  SELECT r.currency, r.rounds, r.staked, r.paid, r.deviation, r.deviation_squared, r.largest_risk, r.largest_win,
         coalesce(o.open, 0) AS open, coalesce(o.risk, 0) AS open_risk, coalesce(o.win, 0) AS open_win,
         r.rounds - coalesce(b.rounds, 0) AS judged_rounds, r.staked - coalesce(b.staked, 0) AS judged_staked,
         r.paid - coalesce(b.paid, 0) AS judged_paid, r.deviation - coalesce(b.deviation, 0) AS judged_deviation,
         r.deviation_squared - coalesce(b.deviation_squared, 0) AS judged_squared
    FROM (SELECT currency, sum(rounds) AS rounds, sum(staked) AS staked, sum(paid) AS paid, sum(deviation) AS deviation,
                 sum(deviation_squared) AS deviation_squared, max(largest_risk) AS largest_risk, max(largest_win) AS largest_win
            FROM pitboss.results WHERE game = $1 GROUP BY currency) AS r
    LEFT JOIN (SELECT w.currency, count(*) AS open, sum(w.staked) AS risk, sum(w.bound + w.regret) AS win
                 FROM ${schema}.open_rounds q JOIN ${schema}.rounds w ON w.id = q.round GROUP BY w.currency) AS o USING (currency)
    LEFT JOIN pitboss.return_baselines b ON b.game = $1 AND b.currency = r.currency
   ORDER BY currency`;

/**
 * What the game took and paid in each currency, and what the return monitor judges of it. The sums are kept as rounds
 * settle (pitboss.results), so this reads a few rows however many rounds there were, and those that are open.
 */
export function observed(db: Database, game: string): Promise<Observed[]> {
  return inSession(db, `summing up what ${game} paid`, async (client) => {
    const { rows } = await client.query<Row>(queryOf(pg.escapeIdentifier(schemaOf(game))), [game]);
    return rows.map(toObserved);
  });
}

function toObserved(row: Row): Observed {
  return {
    currency: row.currency,
    rounds: BigInt(row.rounds),
    staked: BigInt(row.staked),
    paid: BigInt(row.paid),
    z: zOf(row),
    openRounds: Number(row.open),
    judged: {
      rounds: BigInt(row.judged_rounds),
      staked: BigInt(row.judged_staked),
      paid: BigInt(row.judged_paid),
      deviation: Number(row.judged_deviation),
      squares: Number(row.judged_squared),
      largestRisk: Number(row.largest_risk),
      largestWin: Number(row.largest_win),
      openRisk: Number(row.open_risk),
      openWin: Number(row.open_win),
    },
  };
}

/**
 * The sum of what each round paid beyond its exact expectation, in standard errors. The expectation is exact, so the
 * sum of squares about it, not about the mean, is what estimates the variance. A statistic: floats will do.
 */
function zOf(row: Row): number | null {
  const squares = Number(row.deviation_squared);
  if (Number(row.rounds) < ROUNDS_ENOUGH || squares === 0) return null;
  return Number(row.deviation) / Math.sqrt(squares);
}
