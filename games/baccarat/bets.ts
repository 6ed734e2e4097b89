// What can be bet on, and how a bet of parts is written.
import { type Fraction, fraction } from "../fraction.ts";
import type { JsonSchema } from "../game.ts";
import { mostParts, partStakeSchema, unitsOf } from "../parts.ts";

export const spots = ["player", "banker", "tie", "playerPair", "bankerPair"] as const;
export type Spot = (typeof spots)[number];

export interface Bet {
  /** Stakes are amounts of the round's currency: "1.00". */
  bets: { on: Spot; stake: string }[];
}

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
        properties: { on: { enum: [...spots] }, stake: partStakeSchema },
      },
    },
  },
};

/** What each spot has of the whole stake. */
export function sharesOf(bet: Bet): Map<Spot, Fraction> {
  const sums = new Map<Spot, bigint>();
  let whole = 0n;
  for (const part of bet.bets) {
    const units = unitsOf(part);
    sums.set(part.on, (sums.get(part.on) ?? 0n) + units);
    whole += units;
  }
  return new Map([...sums].map(([spot, sum]) => [spot, fraction(sum, whole)]));
}
