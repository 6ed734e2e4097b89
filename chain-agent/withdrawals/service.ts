import type { Adapter } from "../adapters/adapter.ts";
import { type Changes, follow, type Pace, pace } from "../changes.ts";
import { Refusal } from "../errors.ts";
import type { CanonicalChain } from "../follow/canonical-chain.ts";
import { ChainState } from "../generated/pitboss/chain/v1/chain.ts";
import {
  type StreamWithdrawalsResponse,
  type SubmitWithdrawalRequest,
  type Withdrawal,
  WithdrawalServiceService,
  WithdrawalState,
} from "../generated/pitboss/chain/v1/withdrawal.ts";
import { checkChain, checkId, checkText, invalid } from "../requests.ts";
import { type Call, endReason, type Service, service } from "../service.ts";
import { raised } from "./fees.ts";
import type { State, StoredWithdrawal, Submission, WithdrawalStore } from "./store.ts";
import type { Payout, Wallet } from "./wallet.ts";

export interface WithdrawalServiceOptions {
  readonly chainId: string;
  readonly chain: CanonicalChain;
  readonly adapter: Adapter;
  /** CAIP-19 ids of what can be paid. */
  readonly assets: ReadonlySet<string>;
  readonly store: WithdrawalStore;
  /** Most that a transaction pays for a unit of size. */
  readonly feeRateMax: bigint;
  /** Absent where the agent has no key. */
  readonly wallet?: Wallet | undefined;
  readonly pace?: Pace;
}

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
const amountPattern = /^[1-9][0-9]{0,76}$/;
const ratePattern = /^[0-9]{0,40}$/;

/** WithdrawalService: stores what is asked for; the sender of the replica that has the lease does it. */
export function withdrawalService(options: WithdrawalServiceOptions): Service {
  const { store, chain } = options;
  const stored = async (id: string): Promise<StoredWithdrawal> => {
    checkId("withdrawal_id", id);
    const withdrawal = await store.get(id);
    if (withdrawal === undefined) throw new Refusal("UNKNOWN_WITHDRAWAL");
    return withdrawal;
  };
  const view = async (id: string) => ({ withdrawal: viewOf(await stored(id), options) });
  return service(
    WithdrawalServiceService,
    {
      async submitWithdrawal(request) {
        await submit(request, options);
        return view(request.withdrawalId);
      },
      getWithdrawal: ({ withdrawalId }) => view(withdrawalId),
      streamWithdrawals(request, call) {
        checkChain(request.chainId, options.chainId);
        return stream(options, request.cursor, call);
      },
      async bumpWithdrawalFee({ withdrawalId, feeRate }) {
        const rate = rateOf(feeRate, await stored(withdrawalId), options.feeRateMax);
        if (!(await store.wantFee(withdrawalId, rate))) throw new Refusal("NOT_POSSIBLE");
        return view(withdrawalId);
      },
      async cancelWithdrawal({ withdrawalId }) {
        await stored(withdrawalId);
        if (!(await store.wantCancelled(withdrawalId))) throw new Refusal("NOT_POSSIBLE");
        return view(withdrawalId);
      },
    },
    () => options.wallet !== undefined && chain.stopped() === undefined,
  );
}

/** The wanted rate, 0 for the least that nodes take: not below that, and not above what the agent pays. */
function rateOf(text: string, { candidates }: StoredWithdrawal, most: bigint): bigint {
  if (!ratePattern.test(text)) throw invalid("fee_rate", "fee_rate is no number");
  const rate = BigInt(text);
  const last = candidates.at(-1);
  const least = last === undefined ? 0n : raised(last.rate);
  if (rate > most) throw invalid("fee_rate", `fee_rate is over ${most}, the most that is paid`);
  if (least > most) {
    throw new Refusal("NOT_POSSIBLE", `a higher fee would be over ${most}, the most that is paid`);
  }
  if (rate > 0n && rate < least) {
    throw invalid("fee_rate", `fee_rate is below ${least}, the least that nodes take`);
  }
  return rate;
}

/** Stores the withdrawal, unless it is there; its nonce is reserved in the same transaction. */
async function submit(
  request: SubmitWithdrawalRequest,
  options: WithdrawalServiceOptions,
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

function mayGoOut({ chain }: WithdrawalServiceOptions): void {
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

async function payoutOf(
  request: SubmitWithdrawalRequest,
  options: WithdrawalServiceOptions,
): Promise<Payout> {
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
  { store }: WithdrawalServiceOptions,
): Promise<void> {
  await store.submit({ withdrawalId, ...payout, sender: "", numbered: false, refusal });
}

/** The message of a stored withdrawal. */
function viewOf(stored: StoredWithdrawal, options: WithdrawalServiceOptions): Withdrawal {
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

async function* stream(
  options: WithdrawalServiceOptions,
  cursor: string,
  call: Call,
): AsyncGenerator<StreamWithdrawalsResponse> {
  const { store, chain } = options;
  const changes: Changes<StoredWithdrawal> = {
    name: "withdrawals",
    last: () => store.sequence(),
    after: (sequence, max) => store.changes(sequence, max),
    sequenceOf: ({ sequence }) => sequence,
  };
  for await (const next of follow(changes, cursor, call, options.pace ?? pace)) {
    if (next.kind === "change") {
      const value = viewOf(next.change, options);
      yield { cursor: next.cursor, event: { $case: "withdrawal", value } };
    } else if (next.kind === "end") {
      const value = { reason: endReason(call) };
      yield { cursor: next.cursor, event: { $case: "end", value } };
    } else {
      const value = { finalized: chain.finalized, headAgeMs: chain.status().headAgeMs };
      yield { cursor: next.cursor, event: { $case: "heartbeat", value } };
    }
  }
}
