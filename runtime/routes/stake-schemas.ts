import type { JsonSchema, StakeTerms } from "../../games/game.ts";
import { formatAmount } from "../../games/money.ts";

/** Up to here a game's stakes are listed; where there are more, their form and limits are told. */
const LISTED_MAX = 100;

type Money = { currency: JsonSchema; stake: JsonSchema };

/** Every way to write an amount: "1", "1.0" and "1.00" are one stake. */
function spellings(amount: bigint, digits: number): string[] {
  const whole = formatAmount(amount, digits);
  const shortest = digits === 0 ? whole : whole.replace(/\.?0+$/, "");
  const added = whole.length - shortest.length;
  const shorter = Array.from({ length: added }, (_, i) => whole.slice(0, shortest.length + i));
  return [...shorter.filter((text) => !text.endsWith(".")), whole];
}

function stakeOf({ currency, digits, min, max, step }: StakeTerms): JsonSchema {
  const amount = (minor: bigint) => formatAmount(minor, digits);
  const description = `${amount(min)} to ${amount(max)} ${currency} in steps of ${amount(step)}`;
  const first = ((min + step - 1n) / step) * step;
  const count = max < first ? 0n : (max - first) / step + 1n;
  if (count >= 1n && count * BigInt(digits + 1) <= LISTED_MAX) {
    const amounts = Array.from({ length: Number(count) }, (_, i) => first + step * BigInt(i));
    const texts = amounts.flatMap((minor) => spellings(minor, digits));
    return { type: "string", enum: texts, description };
  }
  const whole = String(max / 10n ** BigInt(digits)).length;
  const units = whole > 1 ? `(0|[1-9][0-9]{0,${whole - 1}})` : "[0-9]";
  const decimals = digits === 0 ? "" : `(\\.[0-9]{1,${digits}})?`;
  const pattern = `^${units}${decimals}$`;
  return { type: "string", pattern, description, examples: [amount(min), amount(max)] };
}

/** The body of a bet with the currencies and stakes that the game takes now: one form for each currency. */
export function stakedBody(
  terms: readonly StakeTerms[],
  bodyOf: (money: Money) => JsonSchema,
): JsonSchema {
  const forms = terms.map((each) => {
    return bodyOf({ currency: { type: "string", enum: [each.currency] }, stake: stakeOf(each) });
  });
  const [only] = forms;
  return forms.length === 1 && only !== undefined ? only : { oneOf: forms };
}
