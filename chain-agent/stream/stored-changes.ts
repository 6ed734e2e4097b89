import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../errors.ts";
import type { End } from "../generated/pitboss/chain/v1/block.ts";
import { invalid } from "../requests.ts";
import { type Call, endReason } from "../service.ts";

/** What changes and is stored: the changes of all are numbered in the order of their commits. */
export interface StoredChanges<T> {
  /** The number of the last change. */
  sequence(): Promise<bigint>;
  /** At most so many that changed after one, as they are by now. */
  changes(sequence: bigint, max: number): Promise<readonly T[]>;
}

export interface Pace {
  readonly pollMs: number;
  readonly heartbeatMs: number;
}

export const pace: Pace = { pollMs: 250, heartbeatMs: 2_000 };
const pageMax = 200;

/** A stream of changes, and the words for them. */
export interface ChangeStream<T, E> {
  /** Names the stream in its cursors. */
  readonly name: string;
  readonly store: StoredChanges<T>;
  readonly pace?: Pace | undefined;
  changed(change: T): E;
  heartbeat(): E | Promise<E>;
}

interface Message<E> {
  readonly cursor: string;
  readonly event: E | { readonly $case: "end"; readonly value: End };
}

/**
 * Changes after a cursor, for ever: what changed twice meanwhile comes once, as it is by now. The cursor is the number of a
 * change in PostgreSQL, so every replica takes it. A heartbeat comes when the reader has seen all, and then now and again.
 */
export async function* streamChanges<T extends { readonly sequence: bigint }, E>(
  stream: ChangeStream<T, E>,
  cursor: string,
  call: Call,
): AsyncGenerator<Message<E>> {
  const { name, store } = stream;
  const { pollMs, heartbeatMs } = stream.pace ?? pace;
  let at = await sequenceOf(stream, cursor);
  let quietAt = 0;
  while (!call.signal.aborted) {
    const page = await store.changes(at, pageMax);
    for (const change of page) {
      at = change.sequence;
      yield { cursor: `${name}.${at}`, event: stream.changed(change) };
      quietAt = 0;
    }
    if (call.draining.aborted) {
      const value = { reason: endReason(call) };
      yield { cursor: `${name}.${at}`, event: { $case: "end", value } };
      return;
    }
    if (page.length > 0) continue;
    if (Date.now() >= quietAt) {
      yield { cursor: `${name}.${at}`, event: await stream.heartbeat() };
      quietAt = Date.now() + heartbeatMs;
    }
    await rest(pollMs, call);
  }
}

/** A cursor from beyond the last change is of another database, or of one that was set back: nothing follows from it. */
async function sequenceOf<T, E>(stream: ChangeStream<T, E>, cursor: string): Promise<bigint> {
  if (cursor === "") return 0n;
  const [name, digits = "", ...more] = cursor.split(".");
  if (name !== stream.name || !/^\d{1,18}$/.test(digits) || more.length > 0) {
    throw invalid("cursor", undefined, "BAD_CURSOR");
  }
  const sequence = BigInt(digits);
  if (sequence > (await stream.store.sequence())) {
    throw new Refusal(
      "CURSOR_TOO_OLD",
      "the cursor is not of this database: begin anew without one",
    );
  }
  return sequence;
}

async function rest(ms: number, { signal, draining }: Call): Promise<void> {
  // Being called off is no fault: the loop looks why.
  await sleep(ms, undefined, { signal: AbortSignal.any([signal, draining]) }).catch(
    () => undefined,
  );
}
