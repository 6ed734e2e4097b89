import {
  type handleUnaryCall,
  type ServerUnaryCall,
  type StatusObject,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import type { CallContext, OpenCall } from "./call-context.ts";
import { Refusal } from "./errors.ts";
import { statusOf } from "./failure.ts";
import type { Call } from "./service.ts";

type UnaryHandle = (request: unknown, call: Call) => Promise<unknown>;

/** A unary call in flight: answered once. Most never ask for their signal, so it is made when one does. */
class UnaryCall implements Call, OpenCall {
  readonly begun = performance.now();
  readonly #name: string;
  readonly #context: CallContext;
  readonly #call: ServerUnaryCall<unknown, unknown>;
  readonly #callback: sendUnaryData<unknown>;
  #controller: AbortController | undefined;
  #answered = false;

  constructor(
    name: string,
    context: CallContext,
    call: ServerUnaryCall<unknown, unknown>,
    callback: sendUnaryData<unknown>,
  ) {
    this.#name = name;
    this.#context = context;
    this.#call = call;
    this.#callback = callback;
    context.unary.add(this);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#call.on("cancelled", () => this.fail(new Refusal("DEADLINE")));
      if (this.#answered || this.#call.cancelled) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** A unary call in flight is finished. */
  get draining(): AbortSignal {
    return this.signal;
  }

  async run(handle: UnaryHandle): Promise<void> {
    try {
      const refused = this.#context.refusal(this.#call);
      if (refused !== undefined) throw refused;
      this.#finish(null, await handle(this.#call.request, this));
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    if (this.#answered) return;
    this.#finish(statusOf(error, (fault) => this.#context.onFault(this.#name, fault)));
    this.#controller?.abort();
  }

  #finish(failure: StatusObject | null, answer?: unknown): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#context.unary.delete(this);
    const seconds = (performance.now() - this.begun) / 1000;
    this.#context.metrics.unary(this.#name, failure?.code ?? status.OK, seconds);
    this.#callback(failure, answer);
  }
}

/** A unary call: at the latest the agent's own cap answers it. */
export function unaryHandler(
  name: string,
  handle: UnaryHandle,
  context: CallContext,
): handleUnaryCall<unknown, unknown> {
  return (call, callback) => void new UnaryCall(name, context, call, callback).run(handle);
}

/** Ends the calls that are older than the agent's own cap; to be called now and then. */
export function endOverdue(calls: Iterable<OpenCall>, unaryMs: number): void {
  const oldest = performance.now() - unaryMs;
  for (const call of calls) {
    // They are in the order of their beginning.
    if (call.begun > oldest) return;
    call.fail(new Refusal("DEADLINE"));
  }
}
