import { currencies } from "../games/currencies.ts";
import type { Problem, StakeTerms } from "../games/game.ts";
import { formatAmount, parseAmount } from "../games/money.ts";
import type { Stake } from "./generated/game.ts";

/**
 * spec.stakes in minor units, or what is wrong with them. The exact arithmetic that CEL has no numbers for: the
 * operator, `npm run validate` and the API's users get the same answer from here.
 */
export function stakeTerms(
  stakes: readonly Stake[],
): { terms: StakeTerms[] } | { problems: Problem[] } {
  const read = stakes.map((stake, index) => termsOf(stake, `/spec/stakes/${index}`));
  const problems = read.flatMap((one) => one.problems);
  return problems.length > 0
    ? { problems }
    : { terms: read.flatMap(({ terms }) => (terms ? [terms] : [])) };
}

type Read = { problems: Problem[]; terms?: StakeTerms };

function termsOf(stake: Stake, pointer: string): Read {
  const digits = currencies.get(stake.currency);
  if (digits === undefined) {
    const known = [...currencies.keys()].join(", ");
    const message = `no currency ${stake.currency} here; use one of ${known}`;
    return { problems: [{ pointer: `${pointer}/currency`, message }] };
  }
  const fields = {
    min: stake.min,
    max: stake.max,
    step: stake.step ?? stake.min,
    maxPayout: stake.maxPayout,
  };
  const problems: Problem[] = [];
  const amount = (name: keyof typeof fields): bigint => {
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
