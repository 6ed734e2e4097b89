import type { BlockRef, Header } from "../adapters/adapter.ts";
import {
  FinalityViolated,
  NoQuorum,
  type Position,
  type Step,
  TooOld,
} from "../follow/canonical-chain.ts";
import type { Follower } from "../follow/follower.ts";
import { EndReason } from "../generated/pitboss/chain/v1/block.ts";
import type {
  StreamBlocksRequest,
  StreamBlocksResponse,
} from "../generated/pitboss/chain/v1/chain.ts";
import { invalid } from "../requests.ts";
import { type Call, type Encoded, endReason } from "../service.ts";
import { cursorOf, positionOf } from "./cursor.ts";
import type { SharedBlocks } from "./shared-blocks.ts";

export interface StreamOptions {
  readonly chain: Follower;
  readonly shared: SharedBlocks;
  readonly heartbeatMs: number;
  readonly retentionBlocks: number;
}

/** Steps that are looked up at once. */
const page = 64;

/** Blocks after a cursor or from a height on: the next, or an undo; a heartbeat now and again; the end, said aloud. */
export async function* streamBlocks(
  options: StreamOptions,
  request: StreamBlocksRequest,
  call: Call,
): AsyncGenerator<StreamBlocksResponse | Encoded> {
  const reader = new Reader(options, request);
  const awake = AbortSignal.any([call.signal, call.draining]);
  let heartbeatAt = performance.now() + options.heartbeatMs;
  while (!call.signal.aborted) {
    const messages = await reader.next();
    yield* messages;
    const reason = reader.complete
      ? EndReason.END_REASON_COMPLETE
      : call.draining.aborted
        ? endReason(call)
        : undefined;
    if (reason !== undefined) {
      yield reader.say({ $case: "end", value: { reason } });
      return;
    }
    const now = performance.now();
    if (now >= heartbeatAt) {
      heartbeatAt = now + options.heartbeatMs;
      yield reader.say(reader.heartbeat());
    } else if (messages.length === 0) {
      await options.chain.changed(heartbeatAt - now, awake);
    }
  }
}

/** One reader's place on the chain. */
class Reader {
  readonly #options: StreamOptions;
  readonly #request: StreamBlocksRequest;
  #position: Position | undefined;

  constructor(options: StreamOptions, request: StreamBlocksRequest) {
    this.#options = options;
    this.#request = request;
    const { cursor, startHeight, stopHeight } = request;
    if (cursor !== "") this.#position = positionOf(cursor);
    else if (startHeight !== undefined && stopHeight !== undefined && stopHeight < startHeight) {
      throw invalid("stop_height", "stop_height is below start_height");
    }
  }

  /** All that was asked for has been sent, and is final. */
  get complete(): boolean {
    const { stopHeight } = this.#request;
    const position = this.#position;
    if (stopHeight === undefined || position === undefined) return false;
    return position.block.height >= stopHeight && this.#finalized().height >= stopHeight;
  }

  /** What comes next, nothing where the reader has all. */
  async next(): Promise<(StreamBlocksResponse | Encoded)[]> {
    const { chain } = this.#options;
    this.#position ??= await this.#begun();
    const position = this.#position;
    if (position === undefined) return [];
    // Most of the time a reader has all, and there are many of them.
    if (position.block.hash === chain.head?.hash && chain.violation === undefined) return [];
    const steps = await chain.after(position, page);
    const messages: (StreamBlocksResponse | Encoded)[] = [];
    for (const step of steps) {
      if (!this.#wanted(step)) break;
      messages.push(this.#take(step));
    }
    return messages;
  }

  heartbeat(): NonNullable<StreamBlocksResponse["event"]> {
    const { chain } = this.#options;
    const { head, headAgeMs, state } = chain.status();
    return { $case: "heartbeat", value: { head, headAgeMs, state } };
  }

  say(event: NonNullable<StreamBlocksResponse["event"]>): StreamBlocksResponse {
    const { height, hash } = this.#finalized();
    const cursor = this.#position === undefined ? "" : cursorOf(this.#position);
    return { cursor, finalized: { height, hash }, event };
  }

  /** Just below the first block; undefined while that is not there yet. */
  async #begun(): Promise<Position | undefined> {
    const { chain, retentionBlocks } = this.#options;
    if (chain.violation !== undefined) throw new FinalityViolated(chain.violation.message);
    const finalized = this.#finalized();
    const { startHeight, finalOnly } = this.#request;
    const start = startHeight ?? (finalOnly ? finalized : chain.head)?.height ?? 0n;
    const lowest = finalized.height - BigInt(retentionBlocks);
    if (start < lowest) throw new TooOld(`blocks from ${lowest} on are kept`);
    const first = await chain.blockAt(start);
    if (first === undefined) return undefined;
    const block = { height: first.height - 1n, hash: first.parentHash };
    return { block, finalized: this.#behind(block) };
  }

  #wanted(step: Step): boolean {
    if (step.kind === "undo") return true;
    const { stopHeight, finalOnly } = this.#request;
    const { height } = step.block;
    if (stopHeight !== undefined && height > stopHeight) return false;
    return !finalOnly || height <= this.#finalized().height;
  }

  #take(step: Step): StreamBlocksResponse | Encoded {
    if (step.kind === "undo") {
      const { lastValid } = step;
      this.#position = { block: lastValid, finalized: this.#behind(lastValid) };
      return this.say({ $case: "undo", value: { lastValid } });
    }
    const behind = this.#behind(step.block);
    this.#position = { block: step.block, finalized: behind };
    return this.#options.shared.message(step.block, behind, this.#finalized());
  }

  /** What is final at or below a block. A replica that is behind another one must not take the promise back. */
  #behind(block: BlockRef): BlockRef {
    const finalized = this.#finalized();
    const own = block.height <= finalized.height ? block : finalized;
    const before = this.#position?.finalized;
    return before !== undefined && before.height > own.height ? before : own;
  }

  #finalized(): Header {
    const { finalized } = this.#options.chain;
    if (finalized === undefined) throw new NoQuorum("no block is final yet");
    return finalized;
  }
}
