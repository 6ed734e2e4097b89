import type {
  handleServerStreamingCall,
  ServerWritableStream,
  ServiceError,
  StatusObject,
} from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import type { CallContext } from "./call-context.ts";
import { Refusal } from "./errors.ts";
import { statusOf } from "./failure.ts";
import { EndReason } from "./generated/pitboss/chain/v1/block.ts";
import type { Call } from "./service.ts";

type StreamHandle = (request: unknown, call: Call) => AsyncIterable<unknown>;
type Stream = ServerWritableStream<unknown, unknown>;

/** A stream: its next message is made only when the last one has left, so that a slow reader fills no memory. */
export function streamHandler(
  name: string,
  handle: StreamHandle,
  context: CallContext,
): handleServerStreamingCall<unknown, unknown> {
  const { limits, metrics, streams } = context;
  return (stream) => {
    const done = metrics.stream(name);
    const ending = new AbortController();
    const gone = new AbortController();
    const age = setTimeout(() => ending.abort(EndReason.END_REASON_AGE), limits.streamAgeMs);
    stream.on("cancelled", () => gone.abort());
    // What is written after the reader left is lost; "cancelled" says so.
    stream.on("error", () => undefined);
    const call = { signal: gone.signal, draining: ending.signal };
    const run = async () => {
      const refused = context.refusal(stream);
      if (refused !== undefined) throw refused;
      if (context.draining()) throw new Refusal("DRAINING");
      if (streams.size >= limits.streamsMax) throw new Refusal("TOO_MANY_STREAMS");
      streams.add(ending);
      await pump(stream, handle(stream.request, call), gone.signal, limits.slowReaderMs);
    };
    run()
      .then(
        () => {
          stream.end();
          done(gone.signal.aborted ? status.CANCELLED : status.OK);
        },
        (error: unknown) => {
          const failure = statusOf(error, (fault) => context.onFault(name, fault));
          stream.emit("error", asError(failure));
          done(failure.code);
        },
      )
      .finally(() => {
        clearTimeout(age);
        streams.delete(ending);
        gone.abort();
      });
  };
}

async function pump(
  stream: Stream,
  messages: AsyncIterable<unknown>,
  gone: AbortSignal,
  patienceMs: number,
): Promise<void> {
  for await (const message of messages) {
    if (gone.aborted) return;
    if (!stream.write(message)) await drained(stream, gone, patienceMs);
  }
}

function drained(stream: Stream, gone: AbortSignal, patienceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (then: () => void) => {
      clearTimeout(timer);
      stream.off("drain", onDrain);
      gone.removeEventListener("abort", onDrain);
      then();
    };
    const onDrain = () => stop(resolve);
    const timer = setTimeout(() => stop(() => reject(new Refusal("SLOW_READER"))), patienceMs);
    stream.once("drain", onDrain);
    gone.addEventListener("abort", onDrain);
  });
}

function asError(failure: StatusObject): ServiceError {
  return Object.assign(new Error(failure.details), failure);
}
