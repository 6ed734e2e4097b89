import type { Adapter } from "../adapters/adapter.ts";
import { Refusal } from "../errors.ts";
import type { CanonicalChain } from "../follow/canonical-chain.ts";
import {
  type Deposit,
  DepositServiceService,
  DepositState,
  type ListDepositsRequest,
  type StreamDepositsResponse,
} from "../generated/pitboss/chain/v1/deposit.ts";
import { checkChain, checkId, invalid } from "../requests.ts";
import { type Call, type Service, service } from "../service.ts";
import { type Pace, streamChanges } from "../stream/stored-changes.ts";
import type { AddressMaker } from "./addresses.ts";
import type { DepositStore, StoredDeposit } from "./store.ts";
import { watchAddresses } from "./watch.ts";

export interface DepositServiceOptions {
  readonly chainId: string;
  readonly chain: CanonicalChain;
  readonly adapter: Adapter;
  readonly store: DepositStore;
  /** Absent where the agent has no account key: it gives no addresses then, and watches those that it is told. */
  readonly addresses?: AddressMaker | undefined;
  /** The hot wallet's address. */
  readonly wallet?: string | undefined;
  readonly pace?: Pace;
}

const states = {
  PENDING: DepositState.DEPOSIT_STATE_PENDING,
  REORGED: DepositState.DEPOSIT_STATE_REORGED,
  FINALIZED: DepositState.DEPOSIT_STATE_FINALIZED,
} as const;

const pageDefault = 100;
const pageMax = 1_000;

/** DepositService over what the scanner keeps. */
export function depositService(options: DepositServiceOptions): Service {
  const { store, chain, chainId } = options;
  const check = (asked: string) => checkChain(asked, chainId);
  const view = (deposit: StoredDeposit) => depositOf(deposit, options);
  return service(
    DepositServiceService,
    {
      async batchWatchAddresses(request) {
        check(request.chainId);
        return { addresses: await watchAddresses(request.requests, options) };
      },
      streamDeposits(request, call) {
        check(request.chainId);
        return stream(options, request.cursor, call);
      },
      async getDeposit({ depositId }) {
        checkId("deposit_id", depositId);
        const deposit = await store.get(depositId);
        if (deposit === undefined) throw new Refusal("UNKNOWN_DEPOSIT");
        return { deposit: view(deposit) };
      },
      async listDeposits(request) {
        check(request.chainId);
        const { only, before, max } = pageOf(request, options);
        // Before the list: what is listed then is complete up to it.
        const position = await store.position();
        const deposits = await store.list(only, before, max);
        return {
          deposits: deposits.map(view),
          nextPageToken: deposits.length < max ? "" : String(deposits.at(-1)?.number ?? ""),
          scannedTo: position?.block,
        };
      },
    },
    () => chain.head !== undefined,
  );
}

/** Which deposits are asked for: those of `only` below `before`, at most `max`. */
function pageOf(
  { reference, address, pageSize, pageToken }: ListDepositsRequest,
  { adapter }: DepositServiceOptions,
) {
  if (pageSize > pageMax) throw invalid("page_size", `page_size is over ${pageMax}`);
  if (!/^\d{0,18}$/.test(pageToken)) throw invalid("page_token", "page_token is of no answer");
  if (reference !== "") checkId("reference", reference);
  const at = address === "" ? "" : adapter.address(address);
  if (at === undefined) throw invalid("address", undefined, "BAD_ADDRESS");
  return {
    only: { reference, address: at },
    before: pageToken === "" ? null : BigInt(pageToken),
    max: pageSize === 0 ? pageDefault : pageSize,
  };
}

/** The message of a stored deposit. */
function depositOf(stored: StoredDeposit, { chainId, chain }: DepositServiceOptions): Deposit {
  const { state, amount, createdAt, updatedAt, block } = stored;
  const above = (chain.head?.height ?? block.height) - block.height + 1n;
  return {
    ...stored,
    ...{ state: states[state], chainId, amount: String(amount) },
    confirmations: state === "REORGED" || above < 0n ? 0n : above,
    ...{ createTime: createdAt, updateTime: updatedAt },
  };
}

function stream(
  options: DepositServiceOptions,
  cursor: string,
  call: Call,
): AsyncIterable<StreamDepositsResponse> {
  const { store, chain, pace } = options;
  return streamChanges<StoredDeposit, StreamDepositsResponse["event"]>(
    {
      ...{ name: "deposits", store, pace },
      changed: (change) => ({ $case: "deposit", value: depositOf(change, options) }),
      async heartbeat() {
        const position = await store.position();
        const value = {
          scannedTo: position?.block,
          finalized: position?.finalized,
          headAgeMs: chain.status().headAgeMs,
        };
        return { $case: "heartbeat", value };
      },
    },
    cursor,
    call,
  );
}
