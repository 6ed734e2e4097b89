import { parseFraction, toText } from "../../games/fraction.ts";
import { formatAmount } from "../../games/money.ts";

/** A jackpot's terms as players read them. */
export interface Terms {
  readonly seed: string;
  readonly ceiling: string;
  /** Of each debit, in lowest terms. */
  readonly contribution: string;
  /** Of each contribution, in lowest terms. */
  readonly overflowShare: string;
  readonly trigger:
    | { readonly mustHitBy: string }
    | { readonly oneIn: string; readonly per: string };
}

/** A jackpot as the lobby shows it. Amounts are rounded down; fractions of the smallest unit are kept. */
export interface JackpotItem {
  readonly namespace: string;
  readonly name: string;
  readonly currency: string;
  readonly digits: number;
  readonly pool: string;
  readonly overflow: string;
  readonly contributions: string;
  readonly wins: number;
  readonly lastWin: {
    readonly id: string;
    readonly amount: string;
    readonly game: string;
    readonly at: string;
    readonly proof: string;
  } | null;
  /** Of the pool that is played for; its threshold is told once it is won. */
  readonly commitment: string | null;
  readonly games: readonly string[];
  readonly terms: Terms;
  /** What takes effect after the next win. */
  readonly pendingTerms: Terms | null;
  readonly rules: Rules;
}

/** What a player may know before a bet: UKGC remote technical standard 9A. */
export interface Rules {
  readonly funding: string;
  readonly seed: string;
  readonly ceiling: string;
  readonly winning: string;
  readonly returnToPlayer: string;
  readonly simultaneousWins: string;
}

/** Terms in minor units, as the database has them. */
export interface StoredTerms {
  readonly seed: string;
  readonly ceiling: string;
  readonly contribution: string;
  readonly overflowShare: string;
  readonly mustHitBy?: string;
  readonly oneIn?: string;
  readonly per?: string;
}

/** A row of pitboss.jackpot_figures. */
export interface FiguresRow {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly currency: string;
  readonly digits: number;
  readonly pool: bigint;
  readonly overflow: bigint;
  readonly contributions: bigint;
  readonly wins: number;
  readonly last_win: { id: number; amount: string; game: string; at: string } | null;
  readonly terms: StoredTerms;
  readonly pending_terms: StoredTerms | null;
  readonly commitment: string | null;
  readonly behind_seconds: number;
  readonly last_contribution_at: Date | null;
  readonly held_wins: number;
  readonly games: readonly string[];
}

/** Where the proof of a win is. */
export const proofPath = (namespace: string, name: string, win: number | string): string =>
  `/jackpots/${namespace}/${name}/wins/${win}/proof`;

/** What the lobby shows of a row. */
export function itemOf(row: FiguresRow): JackpotItem {
  const { namespace, name, currency, digits, wins, commitment, games } = row;
  const decimal = (minor: bigint) => formatAmount(minor, digits);
  const terms = termsOf(row.terms, digits);
  const win = row.last_win;
  return {
    ...{ namespace, name, currency, digits },
    pool: decimal(row.pool),
    overflow: decimal(row.overflow),
    contributions: decimal(row.contributions),
    wins,
    lastWin: win && {
      id: String(win.id),
      amount: decimal(BigInt(win.amount)),
      game: win.game,
      at: new Date(win.at).toISOString(),
      proof: proofPath(namespace, name, win.id),
    },
    ...{ commitment, games, terms },
    pendingTerms: row.pending_terms && termsOf(row.pending_terms, digits),
    rules: rulesOf(terms, currency),
  };
}

/** Terms in decimals of the currency. */
export function termsOf(stored: StoredTerms, digits: number): Terms {
  const decimal = (minor: string) => formatAmount(BigInt(minor), digits);
  return {
    seed: decimal(stored.seed),
    ceiling: decimal(stored.ceiling),
    contribution: toText(parseFraction(stored.contribution)),
    overflowShare: toText(parseFraction(stored.overflowShare)),
    trigger:
      stored.mustHitBy === undefined
        ? { oneIn: stored.oneIn ?? "", per: decimal(stored.per ?? "0") }
        : { mustHitBy: decimal(stored.mustHitBy) },
  };
}

function rulesOf(terms: Terms, currency: string): Rules {
  const { seed, ceiling, contribution, overflowShare, trigger } = terms;
  const kept = overflowShare === "0" ? "" : `, of which ${overflowShare} goes to the overflow`;
  return {
    funding: `The casino pays ${contribution} of every stake into this jackpot on top of the game's own return${kept}; nothing is taken from the player's stake or winnings.`,
    seed: `Each new pool begins with ${seed} ${currency} from the casino and with what the overflow holds.`,
    ceiling: `The pool grows to ${ceiling} ${currency} at most; what is paid in beyond goes to the overflow, which feeds the next pool.`,
    winning: winningRule(trigger, currency),
    returnToPlayer: `${contribution} of all stakes comes back to players through this jackpot; the casino's seeds come on top.`,
    simultaneousWins:
      "Every stake has its place in one order. The first that wins takes the whole pool; one that wins after it takes the next pool.",
  };
}

function winningRule(trigger: Terms["trigger"], currency: string): string {
  return "mustHitBy" in trigger
    ? `An amount up to ${trigger.mustHitBy} ${currency} is drawn and sealed when the pool opens, and nobody knows it; the stake that brings the pool to it wins. Larger stakes bring it further.`
    : `Each stake wins with a chance of 1 in ${trigger.oneIn} for every ${trigger.per} ${currency} of it.`;
}
