import { setTimeout as sleep } from "node:timers/promises";

/** Time as this package sees it, so that tests can drive it. */
export interface Clock {
  /** Milliseconds that never go back; they mean nothing outside this process. */
  monotonic(): number;
  /** The time of day, for what people and other processes read. */
  date(): Date;
  /** Calls back once after `ms`; the answer cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// Node fires a timer at once when its delay does not fit 32 bits.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function clamp(ms: number): number {
  return Math.min(Math.max(ms, 0), LONGEST_TIMER_MS);
}

/** The machine's own time. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  date: () => new Date(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, clamp(ms));
    return () => clearTimeout(timer);
  },
  sleep: async (ms, signal) => {
    await sleep(clamp(ms), undefined, signal ? { signal } : {});
  },
};
