import type { BackoffRange } from "./backoff.ts";

/** The waits and deadlines of a reflector, in milliseconds. */
export interface Timing {
  /** The server ends a watch after a random time in this range. */
  readonly watchMs: { readonly min: number; readonly max: number };
  /** The longest silence on a watch: bookmarks come about once a minute. */
  readonly idleMs: number;
  readonly backoffMs: BackoffRange;
  /** A watch that ends sooner than this counts as a failure, so that none is opened in a storm. */
  readonly shortMs: number;
  /** From one list to the next, while the watch is well. */
  readonly relistMs: number;
  /** What the watch is given to catch up with a list before they are compared. */
  readonly settleMs: number;
  /** How often to look for a kind that is not served. */
  readonly absentMs: number;
  /** So many lists in a row that are older than what was seen are refused, before they are believed. */
  readonly staleLists: number;
}

export const TIMING: Timing = {
  watchMs: { min: 290_000, max: 600_000 },
  idleMs: 180_000,
  backoffMs: { first: 800, max: 30_000 },
  shortMs: 1000,
  relistMs: 600_000,
  settleMs: 2000,
  absentMs: 30_000,
  staleLists: 5,
};
