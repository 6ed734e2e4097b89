import { formatAmount } from "../../games/money.ts";
import type { RoundView } from "../types.ts";

/** A round as its player gets it. */
export function roundJson(round: RoundView) {
  const { digits, stake, payout, jackpotWins, funds, createdAt, settledAt, ...rest } = round;
  return {
    ...rest,
    stake: formatAmount(stake, digits),
    payout: payout === null ? null : formatAmount(payout, digits),
    jackpotWins: jackpotWins.map(({ amount, ...win }) => ({
      ...win,
      amount: amount === null ? null : formatAmount(amount, digits),
    })),
    funds: {
      before: formatAmount(funds.before, digits),
      after: formatAmount(funds.after, digits),
    },
    createdAt: createdAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}
