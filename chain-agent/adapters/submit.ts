import { RpcError, type SubmitOutcome, type SubmitResult } from "./adapter.ts";

/** What a family of nodes says when it refuses a transaction; the first text that fits tells the outcome. */
export type RefusalWords = readonly {
  readonly outcome: SubmitOutcome;
  readonly text: RegExp;
}[];

/** What is not known stays "unknown" and is never guessed. */
export function outcomeBy(words: RefusalWords, message: string): SubmitOutcome {
  return words.find(({ text }) => text.test(message))?.outcome ?? "unknown";
}

/** Makes the call that sends a signed transaction; a node that does not answer throws: nobody knows then whether it has it. */
export async function submit(
  call: () => Promise<unknown>,
  outcomeOf: (message: string) => SubmitOutcome,
): Promise<SubmitResult> {
  try {
    await call();
    return { outcome: "accepted", message: "" };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { outcome: outcomeOf(error.message), message: error.message };
  }
}
