import { formatAmount } from "../../games/money.ts";
import type { StoredJackpot } from "../../games/open-round.ts";
import { currency, money, object } from "./schemas.ts";

const fraction = { type: "string", pattern: "^[0-9]+(/[0-9]+)?$" };

/** What players are told of a jackpot before they play for it (UKGC RTS 9A). */
export const jackpotSchema = object({
  namespace: { type: "string" },
  name: { type: "string" },
  currency,
  seed: { ...money, description: "what the house puts into each new pool" },
  contribution: { ...fraction, description: "the part of each debit that the house adds" },
  overflowShare: {
    ...fraction,
    description: "the part of each contribution that feeds the pool after the next win",
  },
  ceiling: { ...money, description: "what the pool holds at most; the rest feeds the next one" },
  trigger: {
    description: "a hidden threshold of at most mustHitBy, or a draw: oneIn stakes of per hit",
    anyOf: [object({ mustHitBy: money }), object({ oneIn: { type: "string" }, per: money })],
  },
});

/** A jackpot's terms as decimals. */
export function jackpotJson({ namespace, name, currency, digits, body }: StoredJackpot): object {
  const amount = (field: string) => formatAmount(BigInt(body[field] ?? 0), digits);
  return {
    ...{ namespace, name, currency, seed: amount("seed"), ceiling: amount("ceiling") },
    ...{ contribution: body["contribution"], overflowShare: body["overflowShare"] },
    trigger:
      body["mustHitBy"] === undefined
        ? { oneIn: body["oneIn"], per: amount("per") }
        : { mustHitBy: amount("mustHitBy") },
  };
}
