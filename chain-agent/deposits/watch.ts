import type { Adapter } from "../adapters/adapter.ts";
import type { Session } from "../database.ts";
import { Refusal } from "../errors.ts";
import type { CanonicalChain } from "../follow/canonical-chain.ts";
import type { WatchAddressRequest, WatchedAddress } from "../generated/pitboss/chain/v1/deposit.ts";
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
const referencePattern = /^[A-Za-z0-9._:/-]{1,128}$/;

/** Watches addresses, or makes them: the same reference has the same address for ever. All of the batch, or nothing. */
export async function watchAddresses(
  requests: readonly WatchAddressRequest[],
  watching: Watching,
): Promise<WatchedAddress[]> {
  if (requests.length > requestsMax)
    throw new Refusal("BAD_REQUEST", `over ${requestsMax} requests`);
  const { store, chain } = watching;
  const finalized = chain.finalized;
  if (finalized === undefined) throw new Refusal("NO_QUORUM");
  // Addresses refer to the scan; the first request may come before the scanner's first round.
  await store.begin(finalized);
  return store.transaction(async (session) => {
    const answers: WatchedAddress[] = [];
    // In one order, whatever the request's: two batches must not wait for each other.
    const sorted = requests.toSorted((a, b) => (a.reference < b.reference ? -1 : 1));
    for (const request of sorted)
      answers.push(await watchOne(session, request, watching, finalized.height));
    return requests.map(({ reference }) => answerTo(reference, answers));
  });
}

function answerTo(reference: string, answers: readonly WatchedAddress[]): WatchedAddress {
  const answer = answers.find((one) => one.reference === reference);
  if (answer === undefined) throw new Error(`no answer for ${reference}`);
  return answer;
}

async function watchOne(
  session: Session,
  { reference, address, birthHeight }: WatchAddressRequest,
  { store, adapter, addresses, wallet }: Watching,
  finalized: bigint,
): Promise<WatchedAddress> {
  if (!referencePattern.test(reference)) {
    throw new Refusal("BAD_REQUEST", "a reference is 1 to 128 characters of A-Z a-z 0-9 . _ : / -");
  }
  const birth = birthHeight ?? finalized;
  if (address !== "") {
    const at = adapter.address(address);
    if (at === undefined) throw new Refusal("BAD_ADDRESS");
    if (at === wallet) throw new Refusal("BAD_ADDRESS", "the address is the hot wallet's");
    const given = { reference, address: at, birthHeight: birth, fresh: false };
    return told(reference, await store.watch(session, given));
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
