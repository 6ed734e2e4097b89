import type { Adapter } from "../adapters/adapter.ts";
import { Refusal } from "../errors.ts";
import type { CanonicalChain } from "../follow/canonical-chain.ts";
import { ChainState } from "../generated/pitboss/chain/v1/chain.ts";
import type { SubmitWithdrawalRequest } from "../generated/pitboss/chain/v1/withdrawal.ts";
import { checkChain, checkId, checkText, invalid } from "../requests.ts";
import type { Submission, WithdrawalStore } from "./store.ts";
import type { Payout, Wallet } from "./wallet.ts";

export interface SubmitOptions {
  readonly chainId: string;
  readonly chain: CanonicalChain;
  readonly adapter: Adapter;
  /** CAIP-19 ids of what can be paid. */
  readonly assets: ReadonlySet<string>;
  readonly store: WithdrawalStore;
  /** Absent where the agent has no key. */
  readonly wallet?: Wallet | undefined;
}

const amountPattern = /^[1-9][0-9]{0,76}$/;

/** Stores the withdrawal, unless it is there; its nonce is reserved in the same transaction. */
export async function submit(
  request: SubmitWithdrawalRequest,
  options: SubmitOptions,
): Promise<void> {
  checkChain(request.chainId, options.chainId);
  const { withdrawalId } = request;
  checkId("withdrawal_id", withdrawalId);
  const { store, wallet } = options;
  const known = await store.get(withdrawalId);
  const payout = await payoutOf(request, options);
  if (known === undefined) mayGoOut(options);
  if (wallet === undefined) throw new Refusal("NO_SIGNER");
  const refusal = known === undefined ? await refusalOf(payout, wallet) : undefined;
  const { from: sender, numbered } = wallet;
  const submission: Submission = { withdrawalId, ...payout, sender, numbered, refusal };
  let status = await store.submit(submission);
  if (status === "needs_nonce") {
    status = await store.submit({ ...submission, firstNonce: await wallet.firstNonce() });
  }
  if (status === "other_body") throw new Refusal("OTHER_BODY");
}

function mayGoOut({ chain }: SubmitOptions): void {
  const reason = chain.stopped();
  if (reason === undefined) return;
  const violated = chain.status().state === ChainState.CHAIN_STATE_FINALITY_VIOLATION;
  throw new Refusal(violated ? "FINALITY_VIOLATION" : "NO_QUORUM", reason);
}

/** What is stored as rejected, so that the same id gives the same answer for ever. */
async function refusalOf(payout: Payout, wallet: Wallet): Promise<string | undefined> {
  if (payout.to === wallet.from) return "the receiver is the hot wallet itself";
  return wallet.refusal(payout);
}

async function payoutOf(request: SubmitWithdrawalRequest, options: SubmitOptions): Promise<Payout> {
  const { adapter, assets } = options;
  if (!amountPattern.test(request.amount)) {
    throw invalid("amount", "amount is no whole number above 0, or has over 77 digits");
  }
  checkText("asset", request.asset);
  checkText("to", request.to);
  const amount = BigInt(request.amount);
  const asset = adapter.asset(request.asset);
  const to = adapter.address(request.to);
  if (asset !== undefined && assets.has(asset) && to !== undefined) return { asset, amount, to };
  const refusal =
    to === undefined
      ? invalid("to", undefined, "BAD_ADDRESS")
      : invalid("asset", undefined, "BAD_ASSET");
  const refused = { asset: request.asset, amount, to: request.to };
  await reject(request.withdrawalId, refused, refusal, options);
  throw refusal;
}

/**
 * Keeps what is refused for good under its id, so that it can never be paid later, by another version or other settings:
 * only then may the caller give the money back.
 */
async function reject(
  withdrawalId: string,
  payout: Payout,
  { message: refusal }: Refusal,
  { store }: SubmitOptions,
): Promise<void> {
  await store.submit({ withdrawalId, ...payout, sender: "", numbered: false, refusal });
}
