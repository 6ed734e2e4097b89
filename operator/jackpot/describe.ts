/** Terms and amounts of jackpots as people read them. */
import type { JackpotTermsInForce } from "../../crds/generated/jackpot.ts";
import type { JackpotTerms } from "../../crds/jackpot-terms.ts";
import { parseFraction, toText } from "../../games/fraction.ts";
import { formatAmount } from "../../games/money.ts";
import type { TermsText } from "../database/jackpots.ts";

interface Money {
  readonly currency: string;
  readonly digits: number;
}

/** "5000.00 USD". */
export const amount = (minor: bigint, { currency, digits }: Money): string =>
  `${formatAmount(minor, digits)} ${currency}`;

/** The terms as the database takes them. */
export function termsText(terms: JackpotTerms): TermsText {
  const { seed, ceiling, contribution, overflowShare, trigger } = terms;
  return {
    seed: String(seed),
    ceiling: String(ceiling),
    contribution: toText(contribution),
    overflowShare: toText(overflowShare),
    ...("mustHitBy" in trigger
      ? { mustHitBy: String(trigger.mustHitBy) }
      : { oneIn: String(trigger.oneIn), per: String(trigger.per) }),
  };
}

/** The terms in force as the status shows them. */
export function termsInForce(terms: TermsText, { digits }: Money): JackpotTermsInForce {
  const decimal = (minor: string) => formatAmount(BigInt(minor), digits);
  return {
    seed: decimal(terms.seed),
    contribution: toText(parseFraction(terms.contribution)),
    ceiling: decimal(terms.ceiling),
    overflowShare: toText(parseFraction(terms.overflowShare)),
    trigger:
      terms.mustHitBy === undefined
        ? `1 in ${terms.oneIn} per ${decimal(terms.per ?? "0")}`
        : `must hit by ${decimal(terms.mustHitBy)}`,
  };
}

/** The terms in one line. */
export function termsLine(terms: TermsText, money: Money): string {
  const { seed, contribution, ceiling, overflowShare, trigger } = termsInForce(terms, money);
  const overflow = overflowShare === "0" ? "" : ` (${overflowShare} of it to the overflow)`;
  return `${trigger}, ${contribution} of each debit${overflow}, seed ${seed}, ceiling ${ceiling} ${money.currency}`;
}
