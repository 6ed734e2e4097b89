import {
  compare,
  div,
  type Fraction,
  fraction,
  parseFraction,
  toDecimal,
  toText,
} from "../../games/fraction.ts";
import { formatAmount } from "../../games/money.ts";
import type { PlayRecord } from "../play-record.ts";
import { roundJson } from "./round-json.ts";
import { list, money, object, roundFields, time } from "./schemas.ts";

/** The currency's 18 digits, and what regret and contributions have beyond them. */
const EXACT_DIGITS_MAX = 40;

/** A play record as HTTP shows it: the round, and what its player saw, chose, had and won on the way. */
export function recordJson(record: PlayRecord) {
  const { digits, status, firstStake, actions, phases, regret, voided } = record;
  const amount = (minor: bigint) => formatAmount(minor, digits);
  const won = record.jackpotWins.reduce(
    (sum, win) => sum + (win.amount ?? 0n),
    record.payout ?? 0n,
  );
  return {
    ...roundJson(record),
    status,
    firstStake: amount(firstStake),
    totalWin: record.payout === null ? null : amount(won),
    actions,
    phases: phases.map(({ version, at, debit, credit, before, after }) => ({
      ...{ version, at: at.toISOString(), debit: amount(debit), credit: amount(credit) },
      funds: { before: amount(before), after: amount(after) },
    })),
    contributions: record.contributions.map(({ namespace, name, amount: minor }) => {
      return { namespace, name, amount: exactText(minor, digits) };
    }),
    regret: regret === null ? null : exactText(parseFraction(regret), digits),
    voided: voided && {
      ...{ at: voided.at.toISOString(), reason: voided.reason, amount: amount(voided.amount) },
      funds: { before: amount(voided.before), after: amount(voided.after) },
    },
  };
}

/** Parts of a minor unit as a decimal, or as a/b where no decimal is exact. */
function exactText(minor: Fraction, digits: number): string {
  const whole = div(minor, fraction(10n ** BigInt(digits)));
  const text = toDecimal(whole, EXACT_DIGITS_MAX);
  return compare(parseFraction(text), whole) === 0 ? text : toText(whole);
}

const text = { type: "string" } as const;
const funds = object({ before: money, after: money });

/** The schema of `recordJson`, which the OpenAPI document names PlayRecord. */
export const playRecord = object({
  ...roundFields,
  status: {
    enum: ["in progress", "complete", "interrupted", "voided"],
    description: "interrupted: the player left the round, and the house finishes or finished it",
  },
  firstStake: { ...money, description: "the first debit; `stake` is all of them" },
  totalWin: {
    anyOf: [money, { type: "null" }],
    description: "payout and jackpots; null where the round was never settled",
  },
  actions: {
    ...list({
      type: "object",
      required: ["type", "version", "by"],
      properties: { type: text, version: { type: "integer" }, by: { enum: ["player", "default"] } },
    }),
    description: "the player's choices, and the house's where the round was left",
  },
  phases: list(
    object({
      version: { type: "integer", description: "of the round before it; 0 for the bet" },
      ...{ at: time, debit: money, credit: money, funds },
    }),
  ),
  contributions: {
    ...list(object({ namespace: text, name: text, amount: text })),
    description: "what the house added to jackpots for this round: exact, a decimal or a/b",
  },
  regret: {
    anyOf: [text, { type: "null" }],
    description:
      "expected payout that the player's decisions gave away; null where it was never settled",
  },
  voided: {
    anyOf: [object({ at: time, reason: text, amount: money, funds }), { type: "null" }],
    description:
      "how the round was taken back: what it moved (positive came to the player) and the balance around it",
  },
});
