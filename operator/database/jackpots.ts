import type { PoolClient } from "pg";
import { inSession } from "./session.ts";
import type { Database } from "./types.ts";

/** A Jackpot's terms as the database takes them: whole minor units, and fractions as "n/d". */
export interface TermsText {
  readonly seed: string;
  readonly ceiling: string;
  readonly contribution: string;
  readonly overflowShare: string;
  readonly mustHitBy?: string;
  readonly oneIn?: string;
  readonly per?: string;
}

/** What a Jackpot object says. */
export interface JackpotWish {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly currency: string;
  readonly digits: number;
  readonly terms: TermsText;
}

/** What became of the terms; `closing`: an earlier Jackpot of this name is being decommissioned. */
export type Saved = "created" | "unchanged" | "pending" | "currency_fixed" | "closing";

/** A jackpot as it stands. Amounts are whole minor units, rounded down. */
export interface JackpotFigures {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly currency: string;
  readonly digits: number;
  readonly pool: bigint;
  readonly overflow: bigint;
  readonly contributions: bigint;
  readonly wins: number;
  readonly lastWin:
    | {
        readonly amount: string;
        readonly game: string;
        readonly round: string;
        readonly at: string;
      }
    | undefined;
  readonly terms: TermsText;
  /** What waits for the next win. */
  readonly pendingTerms: TermsText | undefined;
  readonly behindSeconds: number;
  readonly heldWins: number;
  /** Units that the books are out by, of which there are many in a minor unit: 0, always. */
  readonly difference: string;
}

/** How far a decommissioning is; every one but the last is to be asked again. */
export type Decommission =
  | { readonly status: "not_found" | "decommissioned" | "transfer_needed" | "no_successor" }
  | { readonly status: "in_use"; readonly games: readonly string[] }
  | { readonly status: "closing"; readonly rounds?: number; readonly waiting?: number };

/** Writes what a Jackpot says: at once where it is new, else to take effect after the next win. */
export function saveJackpot(db: Database, wish: JackpotWish): Promise<Saved> {
  const { namespace, name, uid, currency, digits, terms } = wish;
  return inSession(db, `saving the jackpot ${namespace}/${name}`, async (client) => {
    const { rows } = await client.query<{ saved: { status: Saved } }>(
      "SELECT pitboss.save_jackpot($1, $2, $3, $4, $5, $6) AS saved",
      [namespace, name, uid, currency, digits, JSON.stringify(terms)],
    );
    return rows[0]?.saved.status ?? "unchanged";
  });
}

interface Row {
  readonly pool: string;
  readonly overflow: string;
  readonly contributions: string;
  readonly wins: string;
  readonly held: string;
  readonly lastWin: JackpotFigures["lastWin"] | null;
  readonly pendingTerms: TermsText | null;
}

// The books without the history of contributions, which may be long: the running total stands for it.
const FIGURES = `
  SELECT f.id::text AS id, f.namespace, f.name, f.currency, f.digits, f.pool::text AS pool, f.overflow::text AS overflow,
         f.contributions::text AS contributions, f.wins::text AS wins, f.last_win AS "lastWin", f.terms,
         f.pending_terms AS "pendingTerms", f.behind_seconds AS "behindSeconds", f.held_wins::text AS held,
         (b.contributed + b.seeds + b.roundings + b.moved_in - b.pool - b.overflow - b.wins - b.moved_out)::text AS difference
    FROM pitboss.jackpot_figures f JOIN pitboss.jackpot_books b ON b.jackpot = f.id
   WHERE $1::text IS NULL OR (f.namespace = $1 AND f.name = $2)`;

/** The figures of every jackpot of the platform, or of one. */
export function jackpotFigures(
  db: Database,
  one?: { namespace: string; name: string },
): Promise<JackpotFigures[]> {
  return inSession(db, "reading the figures of jackpots", async (client) => {
    const { rows } = await client.query<Row & JackpotFigures>(FIGURES, [
      one?.namespace ?? null,
      one?.name ?? null,
    ]);
    return rows.map(({ held, lastWin, pendingTerms, ...row }) => ({
      ...row,
      pool: BigInt(row.pool),
      overflow: BigInt(row.overflow),
      contributions: BigInt(row.contributions),
      wins: Number(row.wins),
      heldWins: Number(held),
      lastWin: lastWin ?? undefined,
      pendingTerms: pendingTerms ?? undefined,
    }));
  });
}

/**
 * Binds a game to the jackpots that its rounds feed from now on, in the transaction that saves the game.
 * Answers those that could not be bound.
 */
export async function bindJackpots(
  client: PoolClient,
  game: { namespace: string; name: string; uid: string },
  jackpots: readonly string[],
): Promise<string[]> {
  const wanted = jackpots.map((name) => ({ namespace: game.namespace, name }));
  const { rows } = await client.query<{ bound: { missing?: { name: string }[] } }>(
    "SELECT pitboss.bind_jackpots(name, $2) AS bound FROM pitboss.games WHERE name = $1 AND uid = $3",
    [game.name, JSON.stringify(wanted), game.uid],
  );
  return (rows[0]?.bound.missing ?? []).map(({ name }) => name);
}

/** Goes on closing a jackpot, and moves its money once nothing can add to it any more. */
export function decommissionJackpot(
  db: Database,
  { namespace, name }: { namespace: string; name: string },
  transferTo: string | undefined,
): Promise<Decommission> {
  return inSession(db, `decommissioning the jackpot ${namespace}/${name}`, async (client) => {
    // What waits is taken here as well, so that a deletion ends though no lobby runs.
    await client.query(
      `SELECT pitboss.sequence_jackpot(id) FROM pitboss.jackpots
        WHERE namespace = $1 AND name = $2 AND state = 'closing'`,
      [namespace, name],
    );
    const { rows } = await client.query<{ state: Decommission }>(
      "SELECT pitboss.decommission_jackpot($1, $2, $3) AS state",
      [namespace, name, transferTo ?? null],
    );
    return rows[0]?.state ?? { status: "not_found" };
  });
}
