import { formatAmount } from "../games/money.ts";
import type { Database } from "../runtime/database.ts";
import type { Refusal } from "../runtime/errors.ts";

export interface Balance {
  readonly currency: string;
  readonly balance: string;
}

/** One move of money; the amount is signed: positive came to the player. */
export interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly currency: string;
  readonly amount: string;
  readonly game: string | null;
  readonly round: string | null;
  readonly reference: string | null;
  readonly createdAt: string;
}

export interface TransferRequest {
  readonly player: string;
  readonly currency: string;
  /** Minor units; positive goes to the player. */
  readonly amount: bigint;
  readonly reference: string;
}

export interface Transfer {
  readonly id: string;
  /** The player's balance in minor units: after the transfer, or as it is now. */
  readonly balance: bigint;
  readonly createdAt: Date;
}

const walletOf = { name: "wallet", text: "SELECT * FROM pitboss.wallet($1)" };
const entriesOf = { name: "entries", text: "SELECT * FROM pitboss.entries($1, $2, $3)" };
const transferOf = {
  name: "cashier-transfer",
  text: "SELECT * FROM pitboss.cashier_transfer($1, $2, $3, $4)",
};

/** What each status of pitboss.cashier_transfer says that is not a success. */
const refusals: ReadonlyMap<string, Refusal> = new Map([
  [
    "reference_mismatch",
    {
      refused: "idempotency_mismatch",
      pointer: "/reference",
      detail: "this reference stands for another transfer",
    },
  ],
  ["insufficient_funds", { refused: "insufficient_funds" }],
  [
    "unknown_currency",
    { refused: "invalid_request", pointer: "/currency", detail: "the currency is not known" },
  ],
  [
    "amount_limit",
    { refused: "invalid_request", pointer: "/amount", detail: "the amount is 0 or too large" },
  ],
]);

/** The player's balances, by currency. */
export async function balances(database: Database, player: string): Promise<Balance[]> {
  const rows = await database.query(walletOf, [player]);
  return rows.map(({ currency, digits, balance }) => {
    return { currency, balance: formatAmount(balance, digits) };
  });
}

/** The player's ledger entries, newest first, older than `before` where that is given. */
export async function entries(
  database: Database,
  player: string,
  page: { limit: number; before: string | null },
): Promise<Entry[]> {
  const rows = await database.query(entriesOf, [player, page.before, page.limit]);
  return rows.map(({ digits, amount, created_at, ...row }) => ({
    ...row,
    amount: formatAmount(amount, digits),
    createdAt: created_at.toISOString(),
  }));
}

/** Moves money in or out, once for each reference. */
export async function transfer(
  database: Database,
  { player, currency, amount, reference }: TransferRequest,
): Promise<{ created: Transfer } | { replayed: Transfer } | Refusal> {
  const values = [player, currency, String(amount), reference];
  const [row] = await database.query(transferOf, values);
  const refusal = refusals.get(row.status);
  if (refusal !== undefined) return refusal;
  const done = { id: row.transfer, balance: row.balance, createdAt: row.created_at };
  return row.status === "created" ? { created: done } : { replayed: done };
}
