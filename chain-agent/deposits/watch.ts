import type { Adapter } from "../adapters/adapter.ts";
import type { Session } from "../database.ts";
import { Refusal } from "../errors.ts";
import type { CanonicalChain } from "../follow/canonical-chain.ts";
import type { WatchAddressRequest, WatchedAddress } from "../generated/pitboss/chain/v1/deposit.ts";
import { checkId, invalid } from "../requests.ts";
import type { AddressMaker } from "./addresses.ts";
import type { DepositStore, Watched } from "./store.ts";

export interface Watching {
  readonly chain: CanonicalChain;
  readonly adapter: Adapter;
  readonly store: DepositStore;
  readonly addresses?: AddressMaker | undefined;
  /** The hot wallet: what the house puts there is no player's deposit. */
  readonly wallet?: string | undefined;
}

const requestsMax = 1_000;
/** What PostgreSQL counts up to. */
const heightMax = 2n ** 63n - 1n;

/** Watches addresses, or makes them: the same reference has the same address for ever. All of the batch, or nothing. */
export async function watchAddresses(
  requests: readonly WatchAddressRequest[],
  watching: Watching,
): Promise<WatchedAddress[]> {
  if (requests.length > requestsMax) throw invalid("requests", `over ${requestsMax} requests`);
  const wishes = requests.map((request, at) => wishOf(request, `requests[${at}]`, watching));
  const { store, chain } = watching;
  const finalized = chain.finalized;
  if (finalized === undefined) throw new Refusal("NO_QUORUM");
  // Addresses refer to the scan; the first request may come before the scanner's first round.
  await store.begin(finalized);
  return store.transaction(async (session) => {
    const answers: WatchedAddress[] = [];
    // In one order, whatever the request's: two batches must not wait for each other.
    const sorted = wishes.toSorted((a, b) => (a.reference < b.reference ? -1 : 1));
    for (const wish of sorted)
      answers.push(await watchOne(session, wish, watching, finalized.height));
    return requests.map(({ reference }) => answerTo(reference, answers));
  });
}

/** A request that names what there may be. */
interface Wish {
  readonly reference: string;
  /** An address of the caller's own, as we write it. */
  readonly given: string | undefined;
  readonly birthHeight: bigint | undefined;
}

function wishOf(
  { reference, address, birthHeight }: WatchAddressRequest,
  field: string,
  { adapter, wallet }: Watching,
): Wish {
  checkId(`${field}.reference`, reference);
  if (birthHeight !== undefined && birthHeight > heightMax) {
    throw invalid(`${field}.birth_height`, "no chain will ever be that high");
  }
  if (address === "") return { reference, given: undefined, birthHeight };
  const given = adapter.address(address);
  if (given === undefined) throw invalid(`${field}.address`, undefined, "BAD_ADDRESS");
  if (given === wallet) {
    throw invalid(`${field}.address`, "the address is the hot wallet's", "BAD_ADDRESS");
  }
  return { reference, given, birthHeight };
}

function answerTo(reference: string, answers: readonly WatchedAddress[]): WatchedAddress {
  const answer = answers.find((one) => one.reference === reference);
  if (answer === undefined) throw new Error(`no answer for ${reference}`);
  return answer;
}

async function watchOne(
  session: Session,
  { reference, given, birthHeight }: Wish,
  { store, addresses, wallet }: Watching,
  finalized: bigint,
): Promise<WatchedAddress> {
  const birth = birthHeight ?? finalized;
  if (given !== undefined) {
    const request = { reference, address: given, birthHeight: birth, fresh: false };
    return told(reference, await store.watch(session, request));
  }
  const known = await store.watched(session, reference);
  if (known !== undefined) return told(reference, known);
  if (addresses === undefined) {
    throw new Refusal("NO_SIGNER", "the agent has no account key: it gives no addresses");
  }
  const next = await store.nextChild(session, addresses.key);
  // The account may be the one that the wallet's key is of, on development chains.
  const child = addresses.address(next) === wallet ? next + 1n : next;
  const made = addresses.address(child);
  const derived = { key: addresses.key, child };
  const fresh = birthHeight === undefined;
  const request = { reference, address: made, birthHeight: birth, fresh, derived };
  return told(reference, await store.watch(session, request));
}

function told(reference: string, { status, address, birthHeight }: Watched): WatchedAddress {
  if (status === "other_address")
    throw new Refusal("OTHER_BODY", `${reference} has another address`);
  if (status === "taken") throw new Refusal("OTHER_BODY", "the address has another reference");
  return { reference, address, birthHeight };
}
