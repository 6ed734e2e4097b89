import { RpcError, type SubmitOutcome, type SubmitResult } from "./adapter.ts";

/** What bitcoind and litecoind say when they refuse a transaction (src/validation.cpp, src/node/transaction.cpp). */
const words: readonly { readonly outcome: SubmitOutcome; readonly text: RegExp }[] = [
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

export function outcomeOf(message: string): SubmitOutcome {
  return words.find(({ text }) => text.test(message))?.outcome ?? "unknown";
}

/** Sends a signed transaction; a node that does not answer throws: nobody knows then whether it has it. */
export async function submitRaw(
  request: (method: string, params: readonly unknown[]) => Promise<unknown>,
  raw: string,
): Promise<SubmitResult> {
  try {
    await request("sendrawtransaction", [raw]);
    return { outcome: "accepted", message: "" };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { outcome: outcomeOf(error.message), message: error.message };
  }
}
