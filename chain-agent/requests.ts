import { type Reason, Refusal } from "./errors.ts";

/** What requests of all services must hold to. */

type Invalid = Extract<Reason, `BAD_${string}`>;

/** INVALID_ARGUMENT for a field, named as in the .proto; its details name it too. */
export function invalid(field: string, message?: string, reason: Invalid = "BAD_REQUEST"): Refusal {
  return new Refusal(reason, message, { field });
}

/** An empty chain_id means the chain that the agent serves. */
export function checkChain(asked: string, served: string): void {
  if (asked !== "" && asked !== served) throw new Refusal("UNKNOWN_CHAIN");
}

/** A caller's own id. */
export function checkId(field: string, id: string): void {
  if (/^[A-Za-z0-9._:/-]{1,128}$/.test(id)) return;
  throw invalid(field, `${field} is not 1 to 128 characters of A-Z a-z 0-9 . _ : / -`);
}

const textMax = 200;

/** Text that may be stored even where it is refused: some characters that can be seen. */
export function checkText(field: string, text: string): void {
  if (text.length <= textMax && /^[!-~]*$/.test(text)) return;
  throw invalid(field, `${field} is not up to ${textMax} visible ASCII characters`);
}
