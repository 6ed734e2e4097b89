// The figures of a configuration as `npm run math` prints them and the platform stores them.
import { compare, max, min, toDecimal, toText } from "./fraction.ts";
import type { Json, ReturnEntry, StakeTerms } from "./game.ts";
import { formatAmount } from "./money.ts";
import type { Compiled } from "./play.ts";
import { type WorstStake, worstStake } from "./worst-stake.ts";

const shownDecimals = 12;

export interface ReturnFigures {
  bet: Json;
  side?: true;
  rtp: string;
  decimal: string;
  rtpOfTotal?: string;
  variance: string;
  hitRate: string;
}

export interface Range {
  min: string;
  max: string;
}

/** All fractions are texts in lowest terms. */
export interface Figures {
  engine: string;
  version: string;
  revision: string;
  returns: ReturnFigures[];
  rtp: Range;
  side?: Range;
  worstStake: { [currency: string]: { stake: string; rtp: string; bet: Json; bound?: true } };
  maxMultiplier: string;
}

/** The exact returns, and the worst main bet in each currency. */
export interface Returns {
  main: ReturnEntry[];
  side: ReturnEntry[];
  worst: { terms: StakeTerms; main: WorstStake; side: WorstStake | undefined }[];
}

/** Computes everything that figures and verdict need, once. */
export function computeReturns(compiled: Compiled, stakes: readonly StakeTerms[]): Returns {
  const entries = compiled.engine.returns(compiled.prepared);
  const main = entries.filter((entry) => !entry.side);
  const side = entries.filter((entry) => entry.side);
  const worst = stakes.map((terms) => {
    const found = worstStake(main, terms);
    if (!found) throw new Error(`${compiled.engine.name} lists no main bet`);
    return { terms, main: found, side: worstStake(side, terms) };
  });
  return { main, side, worst };
}

/** The entry with the highest return. */
export function highest(entries: readonly ReturnEntry[]): ReturnEntry | undefined {
  return entries.reduce<ReturnEntry | undefined>(
    (best, entry) => (best && compare(best.rtp, entry.rtp) >= 0 ? best : entry),
    undefined,
  );
}

export function figuresOf(compiled: Compiled, returns: Returns): Figures {
  const { engine, revision, prepared } = compiled;
  return {
    engine: engine.name,
    version: engine.version,
    revision,
    returns: [...returns.main, ...returns.side].map(rowOf),
    rtp: rangeOf(returns.main),
    ...(returns.side.length > 0 ? { side: rangeOf(returns.side) } : {}),
    worstStake: Object.fromEntries(
      returns.worst.map(({ terms, main }) => [terms.currency, worstRow(terms, main)]),
    ),
    maxMultiplier: toText(engine.maxMultiplier(prepared)),
  };
}

function rowOf(entry: ReturnEntry): ReturnFigures {
  return {
    bet: entry.bet,
    ...(entry.side ? { side: true } : {}),
    rtp: toText(entry.rtp),
    decimal: toDecimal(entry.rtp, shownDecimals),
    ...(entry.rtpOfTotal ? { rtpOfTotal: toText(entry.rtpOfTotal) } : {}),
    variance: toText(entry.variance),
    hitRate: toText(entry.hitRate),
  };
}

function rangeOf(entries: readonly ReturnEntry[]): Range {
  const returns = entries.map((entry) => entry.rtp);
  return { min: toText(returns.reduce(min)), max: toText(returns.reduce(max)) };
}

function worstRow(terms: StakeTerms, worst: WorstStake): Figures["worstStake"][string] {
  const stake = formatAmount(worst.stake, terms.digits);
  const { entry, rtp, bound } = worst;
  return { stake, rtp: toText(rtp), bet: entry.bet, ...(bound ? { bound: true } : {}) };
}
