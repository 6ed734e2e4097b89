import { EndReason } from "./generated/pitboss/chain/v1/block.ts";
import type { Definition, Method, RequestOf, ResponseOf } from "./rpc.ts";
import { serviceName } from "./rpc.ts";

/** What a handler is told of its call. */
export interface Call {
  /** Fires when the caller went away, the deadline passed or the agent's grace is over. */
  readonly signal: AbortSignal;
  /** Fires when a stream must end: it sends its last message, with `endReason`, and returns. */
  readonly draining: AbortSignal;
}

/** Why a stream is ended: the agent drains, or the stream is old. */
export function endReason({ draining }: Call): EndReason {
  return draining.reason === EndReason.END_REASON_AGE
    ? EndReason.END_REASON_AGE
    : EndReason.END_REASON_DRAINING;
}

/** A message that is already encoded: one block goes to a thousand streams and is encoded once. */
export class Encoded {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/**
 * The implementation of a service. A unary call returns the answer; a stream yields its messages, one at a time: the next
 * is asked for only when the last one has left. Both throw `Refusal` for what is expected to fail.
 */
export type Handlers<D> = {
  readonly [M in keyof D]: D[M] extends { readonly responseStream: true }
    ? (request: RequestOf<D[M]>, call: Call) => AsyncIterable<ResponseOf<D[M]> | Encoded>
    : (request: RequestOf<D[M]>, call: Call) => Promise<ResponseOf<D[M]> | Encoded>;
};

type AnyHandler = (request: unknown, call: Call) => unknown;

/** A service as the server takes it. */
export interface Service {
  /** Full name, as in the health protocol. */
  readonly name: string;
  readonly methods: readonly {
    readonly name: string;
    readonly method: Method;
    readonly handle: AnyHandler;
  }[];
  /** Whether it can do its work now: its own health. Asked about once a second. */
  readonly serving: () => boolean;
  /** Only for callers whose certificate has one of these names; undefined for everybody. */
  readonly callers?: ReadonlySet<string>;
}

/** Binds handlers to a generated definition, such as `ChainServiceService`. */
export function service<D extends Definition<D>>(
  definition: D,
  handlers: Handlers<D>,
  serving: () => boolean = () => true,
): Service {
  const methods = Object.entries<Method>(definition).map(([name, method]) => ({
    name,
    method,
    handle: handlers[name as keyof D] as AnyHandler,
  }));
  return { name: serviceName(definition), methods, serving };
}
