import type { SubmitOutcome, SubmitResult } from "./adapter.ts";
import { outcomeBy, type RefusalWords, submit } from "./submit.ts";

/**
 * What nodes say when they refuse a transaction: words, no codes, and each client has its own. The lists are those of geth
 * (core/txpool/errors.go), reth, Nethermind, Besu, Erigon and anvil; what is not known stays "unknown" and is never guessed.
 */
const words: RefusalWords = [
  { outcome: "known", text: /already known|already imported|alreadyknown|known transaction/i },
  { outcome: "nonce_too_low", text: /nonce too low|old nonce|nonce_too_low|oldnonce/i },
  {
    outcome: "underpriced",
    text: /underpriced|fee too low|less than block base fee|feetoolow|gas price below/i,
  },
  { outcome: "insufficient_funds", text: /insufficient (funds|balance)|upfront cost exceeds/i },
  {
    outcome: "invalid",
    text: /invalid (sender|signature|chain id|transaction)|intrinsic gas|exceeds block gas limit|typed transaction too short|rlp:|failed to decode|type not supported/i,
  },
];

export const outcomeOf = (message: string): SubmitOutcome => outcomeBy(words, message);

/** Sends a signed transaction. */
export function submitRaw(
  request: (method: string, params: readonly unknown[]) => Promise<unknown>,
  raw: string,
): Promise<SubmitResult> {
  return submit(() => request("eth_sendRawTransaction", [raw]), outcomeOf);
}
