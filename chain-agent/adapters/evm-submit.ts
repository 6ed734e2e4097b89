import { RpcError, type SubmitOutcome, type SubmitResult } from "./adapter.ts";

/**
 * What nodes say when they refuse a transaction: words, no codes, and each client has its own. The lists are those of geth
 * (core/txpool/errors.go), reth, Nethermind, Besu, Erigon and anvil; what is not known stays "unknown" and is never guessed.
 */
const words: readonly { readonly outcome: SubmitOutcome; readonly text: RegExp }[] = [
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

export function outcomeOf(message: string): SubmitOutcome {
  return words.find(({ text }) => text.test(message))?.outcome ?? "unknown";
}

/** Sends a signed transaction; a node that does not answer throws: nobody knows then whether it has it. */
export async function submitRaw(
  request: (method: string, params: readonly unknown[]) => Promise<unknown>,
  raw: string,
): Promise<SubmitResult> {
  try {
    await request("eth_sendRawTransaction", [raw]);
    return { outcome: "accepted", message: "" };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { outcome: outcomeOf(error.message), message: error.message };
  }
}
