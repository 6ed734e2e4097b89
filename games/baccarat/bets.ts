// Bets of parts: each spot's stake is a multiple of the step, and together they are the round's stake.
import { add, div, type Fraction, parseFraction, zero } from "../fraction.ts";
import type { BetStake, JsonSchema, Problem } from "../game.ts";
import { formatAmount, parseAmount } from "../money.ts";

export const spots = ["player", "banker", "tie", "playerPair", "bankerPair"] as const;
export type Spot = (typeof spots)[number];

export interface Bet {
  /** Stakes are amounts of the round's currency: "1.00". */
  bets: { on: Spot; stake: string }[];
}

const mostParts = 100;

export const betSchema: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["bets"],
  properties: {
    bets: {
      type: "array",
      minItems: 1,
      maxItems: mostParts,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["on", "stake"],
        properties: {
          on: { enum: [...spots] },
          stake: {
            type: "string",
            maxLength: 57,
            pattern: "^(0|[1-9][0-9]{0,37})(\\.[0-9]{1,18})?$",
            description: 'what this bet has of the round\'s stake, such as "1.00"',
          },
        },
      },
    },
  },
};

/** What each spot has of the whole stake. */
export function sharesOf(bet: Bet): Map<Spot, Fraction> {
  const sums = new Map<Spot, Fraction>();
  let whole = zero;
  for (const { on, stake } of bet.bets) {
    const part = parseFraction(stake);
    sums.set(on, add(sums.get(on) ?? zero, part));
    whole = add(whole, part);
  }
  return new Map([...sums].map(([spot, sum]) => [spot, div(sum, whole)]));
}

function partProblem(part: bigint | undefined, { step, digits }: BetStake): string | undefined {
  if (part === undefined)
    return `is no amount of this currency: write a decimal with at most ${digits} decimals`;
  if (part > 0n && part % step === 0n) return undefined;
  return `must be a multiple of ${formatAmount(step, digits)} above zero`;
}

/** Parts that are no multiple of the step, or do not add up to the round's stake. */
export function betProblems(bet: Bet, stake: BetStake): Problem[] {
  const parts = bet.bets.map((it) => parseAmount(it.stake, stake.digits));
  const faults = parts.flatMap((part, i) => {
    const message = partProblem(part, stake);
    return message ? [{ pointer: `/bets/${i}/stake`, message }] : [];
  });
  if (faults.length > 0) return faults;
  const sum = parts.reduce<bigint>((total, part) => total + (part ?? 0n), 0n);
  if (sum === stake.amount) return [];
  const show = (amount: bigint) => formatAmount(amount, stake.digits);
  const message = `the stakes of the bets add up to ${show(sum)}, not to ${show(stake.amount)}: change a bet or the round's stake`;
  return [{ pointer: "/bets", message }];
}
