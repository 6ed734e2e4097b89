import { formatAmount } from "../../games/money.ts";
import type { RoundView } from "../types.ts";

/** A round as its player gets it. */
export function roundJson(round: RoundView): object {
  const { digits, stake, payout, createdAt, settledAt, ...rest } = round;
  return {
    ...rest,
    stake: formatAmount(stake, digits),
    payout: payout === null ? null : formatAmount(payout, digits),
    createdAt: createdAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}
