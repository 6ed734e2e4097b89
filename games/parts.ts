// Bets of parts: each has a stake of its own, and they add up to the round's.
import type { BetStake, JsonSchema, Problem } from "./game.ts";
import { formatAmount, parseAmount } from "./money.ts";

export interface Part {
  /** An amount of the round's currency: "1.00". */
  stake: string;
}

export const mostParts = 100;
const mostDecimals = 18;

export const partStakeSchema: JsonSchema = {
  type: "string",
  maxLength: 57,
  pattern: "^(0|[1-9][0-9]{0,37})(\\.[0-9]{1,18})?$",
  description: 'what this part has of the round\'s stake, such as "1.00"',
};

/** The stake of a part in units so small that every currency's amounts are whole. */
export function unitsOf({ stake }: Part): bigint {
  const [whole = "", decimals = ""] = stake.split(".");
  return BigInt(`${whole}${decimals.padEnd(mostDecimals, "0")}`);
}

/** Each part is a positive multiple of the step, and together they are the stake. */
export function partsProblems(parts: readonly Part[], stake: BetStake): Problem[] {
  const amounts = parts.map((part) => parseAmount(part.stake, stake.digits));
  const faults = amounts.flatMap((amount, i) => {
    const message = amountProblem(amount, stake);
    return message ? [{ pointer: `/bets/${i}/stake`, message }] : [];
  });
  if (faults.length > 0) return faults;
  const sum = amounts.reduce<bigint>((total, amount) => total + (amount ?? 0n), 0n);
  if (sum === stake.amount) return [];
  const show = (amount: bigint) => formatAmount(amount, stake.digits);
  const message = `the stakes of the bets add up to ${show(sum)}, not to ${show(stake.amount)}: change a bet or the round's stake`;
  return [{ pointer: "/bets", message }];
}

function amountProblem(amount: bigint | undefined, { step, digits }: BetStake): string | undefined {
  if (amount === undefined) {
    return `is no amount of this currency: write a decimal with at most ${digits} decimals`;
  }
  if (amount > 0n && amount % step === 0n) return undefined;
  return `must be a multiple of ${formatAmount(step, digits)} above zero`;
}
