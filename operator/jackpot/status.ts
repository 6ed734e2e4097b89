/** What a Jackpot says of itself: pure functions from what was observed to the status to be written. */
import type { Jackpot, JackpotStatus } from "../../crds/generated/jackpot.ts";
import { formatAmount } from "../../games/money.ts";
import type { JackpotFigures } from "../database/jackpots.ts";
import { timestamp } from "../kube/conditions.ts";
import {
  claim,
  defined,
  judgeAll,
  type Claim as KindClaim,
  pausedConditions,
  progressClaims,
  withTimes,
} from "../platform/claims.ts";
import { conditionRules, inUse, readyRule, termsPending } from "./checks.ts";
import { termsInForce } from "./describe.ts";
import type { Finding, Observed } from "./observe.ts";
import { type Reason, reasons } from "./reasons.ts";

type Claim = KindClaim<Reason>;

// As the CRD bounds status.games.
const MOST_GAMES = 256;

/** The status of a Jackpot that is looked after. */
export function statusOf(observed: Observed, now: Date): JackpotStatus {
  const { jackpot, figures, games } = observed;
  const steps = judgeAll<Observed, Reason>(conditionRules, observed);
  const ready = readyClaim(observed, steps);
  const claims = [
    ready,
    ...progressClaims(ready, reasons[ready.reason].outlook),
    ...steps,
    pendingClaim(observed),
    claim<Reason>("Paused", "False", "NotPaused"),
    deletingClaim(observed),
  ];
  return {
    // While the database is away it cannot be asked: what was said last still holds.
    ...(figures ? shown(figures) : figuresOf(jackpot.status)),
    ...defined<JackpotStatus>({ observedGeneration: jackpot.metadata.generation }),
    conditions: withTimes(jackpot, claims, now),
    // An empty list does not read back as it was written.
    ...(games.length > 0 ? { games: games.slice(0, MOST_GAMES) } : {}),
  };
}

/** The status of a Jackpot that is left alone: what was said before stays, and it says so. */
export function pausedStatus(jackpot: Jackpot, now: Date): JackpotStatus {
  return { ...jackpot.status, conditions: pausedConditions(jackpot, now) };
}

/** The status of a Jackpot on its way out: how far it is, or what holds it up. */
export function deletingStatus(
  jackpot: Jackpot,
  { reason, message }: Finding,
  now: Date,
): JackpotStatus {
  const held: Claim = claim("Deleting", "True", reason, message);
  const claims = [
    claim<Reason>("Ready", "False", "Deleting", message),
    ...progressClaims(held, reasons[reason].outlook),
    held,
  ];
  const { games: _, ...status } = jackpot.status ?? {};
  return {
    ...status,
    ...defined<JackpotStatus>({ observedGeneration: jackpot.metadata.generation }),
    conditions: withTimes(jackpot, claims, now),
  };
}

function readyClaim(observed: Observed, steps: readonly Claim[]): Claim {
  const [own] = judgeAll<Observed, Reason>({ Ready: readyRule }, observed);
  if (!own) throw new Error("Ready has a rule");
  const bad = own.status === "True" && steps.find(({ status }) => status !== "True");
  if (bad) return { ...bad, type: "Ready" };
  const held = inUse(observed);
  return held && own.status === "True" ? { ...own, message: held.message } : own;
}

function pendingClaim(observed: Observed): Claim {
  const { reason, message, unknown } = termsPending(observed);
  const status = reason === "AfterNextWin" ? "True" : "False";
  return claim("TermsPending", unknown ? "Unknown" : status, reason, message);
}

function deletingClaim(observed: Observed): Claim {
  const held = inUse(observed);
  if (held) return claim("Deleting", "False", held.reason, held.message);
  return claim<Reason>("Deleting", "False", "NotDeleting");
}

/** What the pool holds, as the status shows it: at most 30 seconds old. */
function shown(figures: JackpotFigures): JackpotStatus {
  const { digits, lastWin } = figures;
  const decimal = (minor: bigint) => formatAmount(minor, digits);
  return {
    terms: termsInForce(figures.terms, figures),
    pool: decimal(figures.pool),
    overflow: decimal(figures.overflow),
    contributions: decimal(figures.contributions),
    wins: figures.wins,
    ...(lastWin
      ? {
          lastWin: {
            amount: decimal(BigInt(lastWin.amount)),
            game: lastWin.game,
            round: lastWin.round,
            at: timestamp(new Date(lastWin.at)),
          },
        }
      : {}),
  };
}

function figuresOf(status: JackpotStatus = {}): JackpotStatus {
  const { terms, pool, overflow, contributions, wins, lastWin } = status;
  return defined<JackpotStatus>({ terms, pool, overflow, contributions, wins, lastWin });
}
