import { floor, fraction, mul } from "./fraction.ts";
import type { InMoney } from "./game.ts";

const amountText = /^(0|[1-9][0-9]{0,37})(?:\.([0-9]{1,18}))?$/;
/** Amounts fit numeric(38,0) in the database. */
const ceiling = 10n ** 38n;

/** "1.5" with 2 digits is 150n minor units; undefined where the text is no amount or has more digits. */
export function parseAmount(text: string, digits: number): bigint | undefined {
  const match = amountText.exec(text);
  const decimals = match?.[2] ?? "";
  if (!match || decimals.length > digits) return undefined;
  const amount = BigInt(`${match[1]}${decimals.padEnd(digits, "0")}`);
  return amount < ceiling ? amount : undefined;
}

/** How a round of this first stake shows amounts that are in first stakes. */
export function moneyOf(stake: bigint, digits: number): InMoney {
  return (firstStakes) => formatAmount(floor(mul(fraction(stake), firstStakes)), digits);
}

/** Minor units as a decimal with all of the currency's digits: 150n with 2 digits is "1.50". */
export function formatAmount(amount: bigint, digits: number): string {
  const sign = amount < 0n ? "-" : "";
  const text = String(amount < 0n ? -amount : amount).padStart(digits + 1, "0");
  if (digits === 0) return `${sign}${text}`;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
