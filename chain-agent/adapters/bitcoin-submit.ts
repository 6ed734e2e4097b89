import type { SubmitOutcome, SubmitResult } from "./adapter.ts";
import { outcomeBy, type RefusalWords, submit } from "./submit.ts";

/** What bitcoind and litecoind say when they refuse a transaction (src/validation.cpp, src/node/transaction.cpp). */
const words: RefusalWords = [
  {
    outcome: "known",
    text: /already in (block chain|mempool|utxo set)|txn-already-(known|in-mempool)/i,
  },
  { outcome: "nonce_too_low", text: /inputs-missingorspent|missing inputs/i },
  {
    outcome: "underpriced",
    text: /insufficient fee|rejecting replacement|fee not met|txn-mempool-conflict|mempool full/i,
  },
  {
    outcome: "invalid",
    text: /dust|scriptpubkey|mandatory-script|bad-txns|decode failed|max-fee/i,
  },
];

export const outcomeOf = (message: string): SubmitOutcome => outcomeBy(words, message);

/** Sends a signed transaction. */
export function submitRaw(
  request: (method: string, params: readonly unknown[]) => Promise<unknown>,
  raw: string,
): Promise<SubmitResult> {
  return submit(() => request("sendrawtransaction", [raw]), outcomeOf);
}
