import type { ServerUnaryCall } from "@grpc/grpc-js";
import type { Refusal } from "./errors.ts";
import type { CallMetrics } from "./metrics.ts";

export interface CallLimits {
  /** The agent's own cap of a unary call, whatever its deadline is. */
  readonly unaryMs: number;
  readonly streamsMax: number;
  /** A stream that old is asked to connect again. */
  readonly streamAgeMs: number;
  /** A reader that takes nothing for so long is cut off. */
  readonly slowReaderMs: number;
}

/** What is known of who calls. */
export type Caller = Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext">;

/** A call in flight that can be ended early. */
export interface OpenCall {
  /** By performance.now(). */
  readonly begun: number;
  fail(error: unknown): void;
}

/** What calls of all kinds share. */
export interface CallContext {
  readonly limits: CallLimits;
  readonly metrics: CallMetrics;
  /** Every unary call in flight, in the order of their beginning. */
  readonly unary: Set<OpenCall>;
  /** Every stream that is open, so that a drain ends them. */
  readonly streams: Set<AbortController>;
  draining(): boolean;
  /** Why the caller may not use the service. */
  refusal(call: Caller): Refusal | undefined;
  onFault(method: string, error: unknown): void;
}
