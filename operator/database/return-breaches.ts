import { inSession } from "./session.ts";
import type { Database, JudgedPlay, Owner, ReturnBreach, ReturnSide } from "./types.ts";

interface Row {
  readonly currency: string;
  readonly side: ReturnSide;
  readonly rounds: string;
  readonly staked: string;
  readonly paid: string;
  readonly deviation: string;
  readonly allowed: string;
}

/** The breaches of a game that nobody has acknowledged, the first one found first. */
export function openBreaches(db: Database, game: string): Promise<ReturnBreach[]> {
  return inSession(db, `looking for breaches of the return of ${game}`, async (client) => {
    const { rows } = await client.query<Row>(
      `SELECT currency, side, rounds, staked, paid, round(deviation) AS deviation, round(allowed) AS allowed
         FROM pitboss.return_breaches WHERE game = $1 AND acknowledged_at IS NULL ORDER BY id`,
      [game],
    );
    return rows.map(({ currency, side, ...sums }) => ({
      ...{ currency, side },
      rounds: BigInt(sums.rounds),
      staked: BigInt(sums.staked),
      paid: BigInt(sums.paid),
      deviation: BigInt(sums.deviation),
      allowed: BigInt(sums.allowed),
    }));
  });
}

/** A breach to be written down. */
export interface FoundBreach {
  readonly currency: string;
  readonly side: ReturnSide;
  readonly play: JudgedPlay;
  /** The deviation that chance allows for. */
  readonly allowed: number;
  /** The acknowledgement that the Game carries already. */
  readonly noted: string | undefined;
}

/**
 * Writes a breach down, once, for the Game that owns the schema: a late word about an earlier one changes nothing.
 * False where it stands already.
 */
export function recordBreach(db: Database, owner: Owner, found: FoundBreach): Promise<boolean> {
  const { currency, side, play, allowed, noted } = found;
  const { rounds, staked, paid, deviation, squares } = play;
  return inSession(db, `noting that ${owner.name} does not pay what is proven`, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO pitboss.return_breaches
              (game, uid, currency, side, rounds, staked, paid, deviation, deviation_squared, allowed, noted)
         SELECT o.game, o.uid, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM pitboss.ownership o
          WHERE o.game = $1 AND o.namespace = $2 AND o.uid = $3 AND o.released_at IS NULL
       ON CONFLICT (game, currency, side) WHERE acknowledged_at IS NULL DO NOTHING`,
      [
        ...[owner.name, owner.namespace, owner.uid, currency, side, rounds, staked, paid],
        ...[deviation, squares, allowed, noted ?? null],
      ],
    );
    return rowCount === 1;
  });
}

/**
 * A person has looked: what this note is new to is closed, and judgement begins afresh there. Answers how many
 * breaches that closed; none for a note that was used, or stood there, before.
 */
export function acknowledgeBreaches(db: Database, game: string, note: string): Promise<number> {
  return inSession(db, `acknowledging breaches of the return of ${game}`, async (client) => {
    const { rows } = await client.query<{ closed: number }>(
      "SELECT pitboss.acknowledge_breaches($1, $2) AS closed",
      [game, note],
    );
    return rows[0]?.closed ?? 0;
  });
}
