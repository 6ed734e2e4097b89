import { currencies } from "./currencies.ts";
import type { Problem, StakeTerms } from "./game.ts";
import { formatAmount, parseAmount } from "./money.ts";

/** One entry of a Game's spec.stakes. */
export interface StakeSpec {
  currency: string;
  min: string;
  max: string;
  /** `min` where absent. */
  step?: string;
  maxPayout: string;
}

/** spec.stakes in minor units, or what is wrong with them: exact arithmetic that CEL has no numbers for. */
export function stakeTerms(
  stakes: readonly StakeSpec[],
): { terms: StakeTerms[] } | { problems: Problem[] } {
  const read = stakes.map((stake, index) => termsOf(stake, `/spec/stakes/${index}`));
  const problems = [...read.flatMap((one) => one.problems), ...twice(stakes)];
  if (problems.length > 0) return { problems };
  return { terms: read.flatMap(({ terms }) => (terms ? [terms] : [])) };
}

/** Two entries of one currency would leave it open which limits hold. */
function twice(stakes: readonly StakeSpec[]): Problem[] {
  return stakes.flatMap(({ currency }, i) => {
    if (stakes.findIndex((other) => other.currency === currency) === i) return [];
    const message = `${currency} has stakes already: keep one entry for each currency`;
    return [{ pointer: `/spec/stakes/${i}/currency`, message }];
  });
}

function termsOf(stake: StakeSpec, pointer: string): { problems: Problem[]; terms?: StakeTerms } {
  const digits = currencies.get(stake.currency);
  if (digits === undefined) {
    const known = [...currencies.keys()].join(", ");
    const message = `no currency ${stake.currency} here; use one of ${known}`;
    return { problems: [{ pointer: `${pointer}/currency`, message }] };
  }
  const fields = { ...stake, step: stake.step ?? stake.min };
  const problems: Problem[] = [];
  const amount = (name: "min" | "max" | "step" | "maxPayout"): bigint => {
    const value = parseAmount(fields[name], digits);
    if (value !== undefined && value > 0n) return value;
    const message = `"${fields[name]}" is no amount of ${stake.currency}; write a decimal above zero with at most ${digits} decimals`;
    problems.push({ pointer: `${pointer}/${name}`, message });
    return 0n;
  };
  const terms: StakeTerms = {
    currency: stake.currency,
    digits,
    min: amount("min"),
    max: amount("max"),
    step: amount("step"),
    maxPayout: amount("maxPayout"),
  };
  if (problems.length > 0) return { problems };
  const faults = contradictions(terms, pointer);
  return faults.length > 0 ? { problems: faults } : { problems, terms };
}

function contradictions(terms: StakeTerms, pointer: string): Problem[] {
  const show = (amount: bigint) => `${formatAmount(amount, terms.digits)} ${terms.currency}`;
  const multiple = (name: "min" | "max") => ({
    wrong: terms[name] % terms.step !== 0n,
    pointer: `${pointer}/${name}`,
    message: `${show(terms[name])} is no multiple of the step ${show(terms.step)}; change ${name} or step`,
  });
  return [
    multiple("min"),
    multiple("max"),
    {
      wrong: terms.min > terms.max,
      pointer: `${pointer}/min`,
      message: `min ${show(terms.min)} is above max ${show(terms.max)}; lower min or raise max`,
    },
    {
      wrong: terms.maxPayout < terms.min,
      pointer: `${pointer}/maxPayout`,
      message: `maxPayout ${show(terms.maxPayout)} is below the smallest stake ${show(terms.min)}, so that no bet could be taken; raise it`,
    },
  ].flatMap(({ wrong, ...problem }) => (wrong ? [problem] : []));
}
