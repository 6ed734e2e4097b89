/**
 * The conditions of a Jackpot. Each is an ordered list of pure checks over one observed state: the first
 * that finds something says why the condition is not True. A message is what a person does next.
 */
import type { ConditionRule } from "../platform/claims.ts";
import type { Found as KindFound } from "../platform/finding.ts";
import { amount, termsLine } from "./describe.ts";
import type { Observed } from "./observe.ts";
import type { Reason } from "./reasons.ts";

type Found = KindFound<Reason>;

/** Contributions are counted within a second; so long a wait is no accident. */
const BEHIND_SECONDS = 30;

/** Ready's own checks, and then those of what else must hold. */
export const readyRule = {
  checks: [
    termsInvalid,
    databaseFailed,
    sequencerBehind, // a win would wait
    childFault,
  ],
  well: ({ games }) => ({ reason: "Ready", message: fedBy(games) }),
} as const satisfies ConditionRule<Observed, Reason>;

export const conditionRules = {
  Funded: {
    checks: [figuresUnknown, booksDiffer, belowSeed],
    well: ({ figures }) => ({
      reason: "Funded",
      message: figures
        ? `the house has put in the seed of ${amount(BigInt(figures.terms.seed), figures)}`
        : "",
    }),
  },
} as const satisfies Record<string, ConditionRule<Observed, Reason>>;

/** Abnormal where it is True: some of what the spec says is not in force yet. */
export function termsPending({ figures }: Observed): Found {
  if (!figures)
    return { reason: "Blocked", message: "waits for Ready; see its message", unknown: true };
  const { pendingTerms } = figures;
  if (!pendingTerms) return { reason: "TermsInForce", message: termsLine(figures.terms, figures) };
  const message = `after the next win: ${termsLine(pendingTerms, figures)}. Till then: ${termsLine(figures.terms, figures)}`;
  return { reason: "AfterNextWin", message };
}

/** What keeps a Jackpot whose deletion was asked for. */
export function inUse({ jackpot, games }: Observed): Found | undefined {
  if (!jackpot.metadata.deletionTimestamp || games.length === 0) return undefined;
  const { name } = jackpot.metadata;
  const message = `${gameList(games)} still ${games.length === 1 ? "names" : "name"} it, and it goes on as before. Take ${name} out of spec.jackpots there; then it goes`;
  return { reason: "InUse", message };
}

function termsInvalid({ verdict, figures }: Observed): Found | undefined {
  if (!("refused" in verdict)) return undefined;
  const { reason, message } = verdict.refused;
  const keeps = figures ? `. In force: ${termsLine(figures.terms, figures)}` : "";
  return { reason, message: message + keeps };
}

function databaseFailed({ database }: Observed): Found | undefined {
  return database && "failed" in database ? database.failed : undefined;
}

function sequencerBehind({ figures }: Observed): Found | undefined {
  if (!figures || figures.behindSeconds < BEHIND_SECONDS) return undefined;
  const message =
    "contributions have waited to be counted for more than half a minute, and with them any win. See whether the pods of pitboss-lobby run and reach the database";
  return { reason: "SequencerBehind", message };
}

function childFault({ faults }: Observed): Found | undefined {
  return faults[0];
}

function figuresUnknown({ figures }: Observed): Found | undefined {
  if (figures) return undefined;
  return { reason: "Blocked", message: "waits for Ready; see its message", unknown: true };
}

function booksDiffer({ figures }: Observed): Found | undefined {
  if (!figures || figures.difference === "0") return undefined;
  const message = `contributions, seeds and roundings are not what pool, overflow and wins add up to (${figures.difference} units): see docs/runbooks/PitbossJackpotBooks.md`;
  return { reason: "BooksDiffer", message };
}

function belowSeed({ figures }: Observed): Found | undefined {
  if (!figures || figures.pool >= BigInt(figures.terms.seed)) return undefined;
  const seed = amount(BigInt(figures.terms.seed), figures);
  const message = `the pool of ${amount(figures.pool, figures)} is below its seed of ${seed}: see docs/runbooks/PitbossJackpotBelowSeed.md`;
  return { reason: "BelowSeed", message };
}

function fedBy(games: readonly string[]): string {
  if (games.length === 0) return "no Game names it yet: add it to spec.jackpots of one";
  return `rounds of ${gameList(games)} feed it`;
}

const MOST_NAMES = 10;

/** "the Games a, b and 3 more". */
export function gameList(games: readonly string[]): string {
  const named = games.slice(0, MOST_NAMES).join(", ");
  const more = games.length > MOST_NAMES ? ` and ${games.length - MOST_NAMES} more` : "";
  return `the Game${games.length === 1 ? "" : "s"} ${named}${more}`;
}
