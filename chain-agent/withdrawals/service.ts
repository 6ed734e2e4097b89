import { Refusal } from "../errors.ts";
import {
  type StreamWithdrawalsResponse,
  WithdrawalServiceService,
} from "../generated/pitboss/chain/v1/withdrawal.ts";
import { checkChain, checkId, invalid } from "../requests.ts";
import { type Call, type Service, service } from "../service.ts";
import { type Pace, streamChanges } from "../stream/stored-changes.ts";
import { raised } from "./fees.ts";
import type { StoredWithdrawal } from "./store.ts";
import { type SubmitOptions, submit } from "./submit.ts";
import { viewOf } from "./view.ts";

export interface WithdrawalServiceOptions extends SubmitOptions {
  /** Most that a transaction pays for a unit of size. */
  readonly feeRateMax: bigint;
  readonly pace?: Pace;
}

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

function stream(
  options: WithdrawalServiceOptions,
  cursor: string,
  call: Call,
): AsyncIterable<StreamWithdrawalsResponse> {
  const { store, chain, pace } = options;
  return streamChanges<StoredWithdrawal, StreamWithdrawalsResponse["event"]>(
    {
      ...{ name: "withdrawals", store, pace },
      changed: (change) => ({ $case: "withdrawal", value: viewOf(change, options) }),
      heartbeat() {
        const value = { finalized: chain.finalized, headAgeMs: chain.status().headAgeMs };
        return { $case: "heartbeat", value };
      },
    },
    cursor,
    call,
  );
}
