import type { Deposit } from "../../chain-agent/generated/pitboss/chain/v1/deposit.ts";
import type { Withdrawal } from "../../chain-agent/generated/pitboss/chain/v1/withdrawal.ts";
import type { DepositItem, WithdrawalItem } from "./ledger.ts";

// The contract's enums are strings, so that these tables need none of gRPC.
const depositStates: Readonly<Record<string, DepositItem["state"]>> = {
  DEPOSIT_STATE_PENDING: "pending",
  DEPOSIT_STATE_REORGED: "reorged",
  DEPOSIT_STATE_FINALIZED: "final",
};

const withdrawalStates: Readonly<Record<string, WithdrawalItem["state"]>> = {
  WITHDRAWAL_STATE_ACCEPTED: "submitted",
  WITHDRAWAL_STATE_BROADCAST: "submitted",
  WITHDRAWAL_STATE_MINED: "mined",
  WITHDRAWAL_STATE_FINALIZED: "completed",
  WITHDRAWAL_STATE_NEEDS_ATTENTION: "attention",
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A deposit in the ledger's words; a state that this version does not know is no deposit to it. */
export function depositItem(deposit: Deposit): DepositItem | undefined {
  const state = depositStates[deposit.state];
  if (state === undefined) return undefined;
  const { depositId, revision, address, asset, amount, transactionHash, block } = deposit;
  return {
    ...{ deposit: depositId, revision: String(revision), state, address, asset, amount },
    ...{ transaction: transactionHash, height: String(block?.height ?? 0n) },
  };
}

/** A withdrawal in the ledger's words; undefined where it is not one of ours. The agent alone says what can never be paid. */
export function withdrawalItem(withdrawal: Withdrawal): WithdrawalItem | undefined {
  const { withdrawalId: id, revision, refundable, transactionHash, block, message } = withdrawal;
  const state = refundable ? "impossible" : withdrawalStates[withdrawal.state];
  if (state === undefined || !uuid.test(id)) return undefined;
  return {
    ...{ id, revision: String(revision), state },
    transaction: transactionHash === "" ? null : transactionHash,
    height: block === undefined ? null : String(block.height),
    reason: message === "" ? null : message,
  };
}
