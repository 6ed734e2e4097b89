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
}

/**
 * What the game took and paid in each currency. The sums are kept as rounds settle (pitboss.results), so this reads
 * a few rows however many rounds there were.
 */
export function observed(db: Database, game: string): Promise<Observed[]> {
  return inSession(db, `summing up what ${game} paid`, async (client) => {
    const { rows } = await client.query<Row>(
      `SELECT currency, sum(rounds) AS rounds, sum(staked) AS staked, sum(paid) AS paid,
              sum(deviation) AS deviation, sum(deviation_squared) AS deviation_squared
         FROM pitboss.results WHERE game = $1 GROUP BY currency ORDER BY currency`,
      [game],
    );
    return rows.map(toObserved);
  });
}

function toObserved(row: Row): Observed {
  const { currency } = row;
  const rounds = BigInt(row.rounds);
  const staked = BigInt(row.staked);
  const paid = BigInt(row.paid);
  return { currency, rounds, staked, paid, z: zOf(row) };
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
