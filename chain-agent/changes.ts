import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "./errors.ts";
import { invalid } from "./requests.ts";
import type { Call } from "./service.ts";

/** A reader of changes that are numbered in the order of their commits. */
export interface Changes<T> {
  /** Names the stream in its cursors. */
  readonly name: string;
  /** The number of the last change. */
  last(): Promise<bigint>;
  /** At most so many that follow. */
  after(sequence: bigint, max: number): Promise<readonly T[]>;
  sequenceOf(change: T): bigint;
}

export type Changed<T> =
  | { readonly kind: "change"; readonly cursor: string; readonly change: T }
  | { readonly kind: "quiet"; readonly cursor: string }
  | { readonly kind: "end"; readonly cursor: string };

export interface Pace {
  readonly pollMs: number;
  readonly heartbeatMs: number;
}

export const pace: Pace = { pollMs: 250, heartbeatMs: 2_000 };
const pageMax = 200;

/**
 * Changes after a cursor, for ever: what changed twice meanwhile comes once, as it is by now. The cursor is the number of a
 * change in PostgreSQL, so every replica takes it. Says that it is quiet when the reader has seen all, and then now and again.
 */
export async function* follow<T>(
  changes: Changes<T>,
  cursor: string,
  call: Call,
  { pollMs, heartbeatMs }: Pace,
): AsyncGenerator<Changed<T>> {
  let at = await sequenceOf(changes, cursor);
  let quietAt = 0;
  while (!call.signal.aborted) {
    const page = await changes.after(at, pageMax);
    for (const change of page) {
      at = changes.sequenceOf(change);
      yield { kind: "change", cursor: `${changes.name}.${at}`, change };
      quietAt = 0;
    }
    if (call.draining.aborted) {
      yield { kind: "end", cursor: `${changes.name}.${at}` };
      return;
    }
    if (page.length > 0) continue;
    if (Date.now() >= quietAt) {
      yield { kind: "quiet", cursor: `${changes.name}.${at}` };
      quietAt = Date.now() + heartbeatMs;
    }
    await rest(pollMs, call);
  }
}

/** A cursor from beyond the last change is of another database, or of one that was set back: nothing follows from it. */
async function sequenceOf<T>(changes: Changes<T>, cursor: string): Promise<bigint> {
  if (cursor === "") return 0n;
  const [name, digits = "", ...more] = cursor.split(".");
  if (name !== changes.name || !/^\d{1,18}$/.test(digits) || more.length > 0) {
    throw invalid("cursor", undefined, "BAD_CURSOR");
  }
  const sequence = BigInt(digits);
  if (sequence > (await changes.last())) {
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
