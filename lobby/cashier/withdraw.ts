import type { Refusal } from "../../runtime/errors.ts";
import type { CashierLedger, WithdrawalRequest } from "./ledger.ts";

export type WithdrawalOutcome = { readonly created: boolean; readonly id: string } | Refusal;

/** What each status of pitboss.request_withdrawal says that is not a success. */
const refusals: ReadonlyMap<string, Refusal> = new Map([
  ["idempotency_mismatch", { refused: "idempotency_mismatch" }],
  ["insufficient_funds", { refused: "insufficient_funds" }],
  [
    "unknown_asset",
    {
      refused: "invalid_request",
      pointer: "/currency",
      detail: "the currency cannot be paid out on this chain",
    },
  ],
  [
    "amount_limit",
    {
      refused: "invalid_request",
      pointer: "/amount",
      detail: "the amount is below the least withdrawal, or too large",
    },
  ],
]);

/** Debits the player and puts the withdrawal into the outbox, once for each key. */
export async function requestWithdrawal(
  ledger: CashierLedger,
  request: WithdrawalRequest,
): Promise<WithdrawalOutcome> {
  const { status, withdrawal } = await ledger.request(request);
  const refusal = refusals.get(status);
  if (refusal !== undefined) return refusal;
  if (withdrawal === null) throw new Error(`request_withdrawal answers ${status} without an id`);
  return { created: status === "created", id: withdrawal };
}
