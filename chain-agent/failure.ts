import { Metadata, type StatusObject } from "@grpc/grpc-js";
import { NodeError } from "./adapters/adapter.ts";
import { encodeDetails, trailer } from "./error-details.ts";
import { domain, Refusal } from "./errors.ts";
import { FinalityViolated, NoQuorum, TooOld } from "./follow/canonical-chain.ts";

/** The refusal that an error means to a caller; undefined where it is a fault of ours. */
function expected(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const cause = { cause: error };
  if (error instanceof TooOld) return new Refusal("CURSOR_TOO_OLD", error.message, {}, cause);
  if (error instanceof FinalityViolated) {
    return new Refusal("FINALITY_VIOLATION", error.message, {}, cause);
  }
  if (error instanceof NoQuorum) return new Refusal("NO_QUORUM", error.message, {}, cause);
  if (error instanceof NodeError) return new Refusal("NODE_AWAY", error.message, {}, cause);
  return undefined;
}

/** The status of a failed call, with its ErrorInfo; what was not expected tells the caller nothing of us. */
export function statusOf(error: unknown, onFault: (error: unknown) => void): StatusObject {
  const known = expected(error);
  if (known === undefined) onFault(error);
  const refusal = known ?? new Refusal("INTERNAL");
  const { code, message, reason } = refusal;
  const metadata = new Metadata();
  const info = { reason, domain, metadata: refusal.metadata };
  metadata.set(trailer, encodeDetails(code, message, info));
  return { code, details: message, metadata };
}
