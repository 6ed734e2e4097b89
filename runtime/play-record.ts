import { type Fraction, fraction, mul, parseFraction } from "../games/fraction.ts";
import type { StoredJackpot } from "../games/open-round.ts";
import type { RecordedAction } from "../games/play.ts";
import type { Row } from "./database.ts";
import { roundColumns, viewOfRow } from "./round-row.ts";
import type { Funds, RoundView } from "./types.ts";

/**
 * How a round went: `interrupted` once its player left it open past its time, so that the house finished it by the
 * default action or is about to.
 */
export type PlayStatus = "in progress" | "complete" | "interrupted" | "voided";

/** A step of a round: what it debited and credited, and the player's funds around it. */
export interface Phase extends Funds {
  /** The round's version before it: 0 for the bet. */
  readonly version: number;
  readonly at: Date;
  readonly debit: bigint;
  readonly credit: bigint;
}

/** What the house added to a jackpot for all debits of a round, in minor units, exactly. */
export interface Contribution {
  readonly namespace: string;
  readonly name: string;
  readonly amount: Fraction;
}

/** How a round was taken back: the player's funds around it, and what it moved, positive to the player. */
export interface Voiding extends Funds {
  readonly at: Date;
  readonly reason: string;
  readonly amount: bigint;
}

/** All that is kept of a play (GLI-19 v3.0, 2.8.2); what is hidden while a round is open is not in it. */
export interface PlayRecord extends RoundView {
  readonly status: PlayStatus;
  /** The first debit; `stake` is all of them. */
  readonly firstStake: bigint;
  readonly actions: readonly RecordedAction[];
  readonly phases: readonly Phase[];
  readonly contributions: readonly Contribution[];
  /** What the player's decisions gave away, in minor units with decimals; null where the round was never settled. */
  readonly regret: string | null;
  /** Null unless the round is voided. */
  readonly voided: Voiding | null;
}

/** The columns that `recordOfRow` reads, of `rounds r` joined with its `seed_pairs p`. */
export const recordColumns = `${roundColumns}, r.phases, r.regret::text AS regret,
  CASE WHEN r.jackpots IS NOT NULL THEN jackpot_terms_json(r.jackpots) END AS jackpots,
  CASE WHEN r.state = 'voided' THEN round_void(r.id) END AS voided,
  extract(epoch FROM clock_timestamp() - r.created_at)::double precision AS age_seconds`;

/** A stored round with everything that its record holds. */
export function recordOfRow(
  game: { readonly name: string; readonly engine: string; readonly openTimeoutSeconds: number },
  row: Row,
): PlayRecord {
  return {
    ...viewOfRow(game.name, game.engine, row),
    status: statusOf(row, game.openTimeoutSeconds),
    firstStake: row.stake,
    actions: row.actions,
    phases: phasesOf(row),
    contributions: contributionsOf(row),
    regret: row.payout === null ? null : row.regret,
    voided: row.voided === null ? null : voidingOf(row.voided),
  };
}

function statusOf({ state, actions, age_seconds: age }: Row, timeout: number): PlayStatus {
  if (state === "voided") return "voided";
  if (state === "open") return age < timeout ? "in progress" : "interrupted";
  const left = actions.some(({ by }: RecordedAction) => by === "default");
  return left ? "interrupted" : "complete";
}

function contributionsOf({ jackpots, staked }: Row): Contribution[] {
  const fed: readonly StoredJackpot[] = jackpots ?? [];
  return fed.map(({ namespace, name, body }) => {
    const amount = mul(fraction(staked), parseFraction(body["contribution"] ?? "0"));
    return { namespace, name, amount };
  });
}

interface StoredVoid {
  readonly at: string;
  readonly reason: string;
  readonly amount: string;
  readonly before: string;
  readonly after: string;
}

function voidingOf({ at, reason, amount, before, after }: StoredVoid): Voiding {
  return {
    ...{ at: new Date(at), reason, amount: BigInt(amount) },
    ...{ before: BigInt(before), after: BigInt(after) },
  };
}

interface StoredPhase {
  readonly version: number;
  readonly at: string;
  readonly debit?: string;
  readonly credit?: string;
  readonly before: string;
  readonly after: string;
}

/** The bet, which the row's own columns hold, and the steps after it. */
function phasesOf(row: Row): Phase[] {
  const later: readonly StoredPhase[] = row.phases;
  const credit: bigint = later.length === 0 ? (row.payout ?? 0n) : 0n;
  const [debit, before]: [bigint, bigint] = [row.stake, row.funds_before];
  const at: Date = row.created_at;
  const bet = { version: 0, at, debit, credit, before, after: before - debit + credit };
  return [bet, ...later.map(phaseOf)];
}

function phaseOf({ version, at, debit, credit, before, after }: StoredPhase): Phase {
  return {
    ...{ version, at: new Date(at), debit: BigInt(debit ?? 0), credit: BigInt(credit ?? 0) },
    ...{ before: BigInt(before), after: BigInt(after) },
  };
}
