import { currencies } from "../games/currencies.ts";
import { parseAmount } from "../games/money.ts";
import type { Refusal } from "./errors.ts";

/** Most characters of an amount: 38 digits, a point and 18 decimals. */
export const AMOUNT_LENGTH_MAX = 57;

/** Minor units of an amount that a body names in `currency`, or what is wrong with it. */
export function amountOf(
  text: string,
  currency: string,
  field: "stake" | "amount",
): bigint | Refusal {
  const digits = currencies.get(currency);
  const code = field === "stake" ? "stake_limits" : "invalid_request";
  if (digits === undefined) {
    const detail = `the currency ${JSON.stringify(currency)} is not known`;
    return { refused: code, pointer: "/currency", detail };
  }
  const negative = text.startsWith("-");
  const amount = parseAmount(negative ? text.slice(1) : text, digits);
  if (amount === undefined) {
    const detail = `${field} must be an amount with at most ${digits} decimals in ${currency}, and below 10^38 of its smallest units`;
    return { refused: code, pointer: `/${field}`, detail };
  }
  return negative ? -amount : amount;
}
