import type { CanonicalChain } from "../follow/canonical-chain.ts";
import { type Withdrawal, WithdrawalState } from "../generated/pitboss/chain/v1/withdrawal.ts";
import type { State, StoredWithdrawal } from "./store.ts";

const states = {
  ACCEPTED: WithdrawalState.WITHDRAWAL_STATE_ACCEPTED,
  BROADCAST: WithdrawalState.WITHDRAWAL_STATE_BROADCAST,
  MINED: WithdrawalState.WITHDRAWAL_STATE_MINED,
  FINALIZED: WithdrawalState.WITHDRAWAL_STATE_FINALIZED,
  FAILED: WithdrawalState.WITHDRAWAL_STATE_FAILED,
  CANCELLED: WithdrawalState.WITHDRAWAL_STATE_CANCELLED,
  NEEDS_ATTENTION: WithdrawalState.WITHDRAWAL_STATE_NEEDS_ATTENTION,
  REJECTED: WithdrawalState.WITHDRAWAL_STATE_REJECTED,
} as const satisfies Record<State, WithdrawalState>;

const refundable: ReadonlySet<State> = new Set(["FAILED", "CANCELLED", "REJECTED"]);

/** The message of a stored withdrawal. */
export function viewOf(
  stored: StoredWithdrawal,
  options: { readonly chain: CanonicalChain; readonly chainId: string },
): Withdrawal {
  const { withdrawalId, revision, state, asset, amount, sender, to, nonce, block, fee } = stored;
  const { chain, chainId } = options;
  const above = block === null ? 0n : (chain.head?.height ?? block.height) - block.height + 1n;
  return {
    ...{ withdrawalId, revision, state: states[state], chainId, asset, amount: String(amount) },
    ...{ from: sender, to, nonce, block: block ?? undefined },
    candidates: stored.candidates.map(({ hash, rate, cancels, createdAt }) => {
      return { transactionHash: hash, feeRate: String(rate), cancels, createTime: createdAt };
    }),
    transactionHash: stored.transactionHash ?? "",
    confirmations: above < 0n ? 0n : above,
    fee: fee === null ? "" : String(fee),
    refundable: refundable.has(state),
    message: stored.message,
    ...{ createTime: stored.createdAt, updateTime: stored.updatedAt },
  };
}
