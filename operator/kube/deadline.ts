import type { Clock } from "./clock.ts";

/**
 * A signal that fires after `ms`, or with an outer one, until it is released. AbortSignal.any and
 * AbortSignal.timeout would do the same, but keep what they made for as long as the outer signal or
 * the timer lives: a leak for each call and each reconcile.
 */
export class Deadline {
  readonly signal: AbortSignal;
  readonly release: () => void;

  constructor(clock: Clock, ms: number, why: string, outer?: AbortSignal) {
    const controller = new AbortController();
    this.signal = controller.signal;
    const onAbort = () => controller.abort(outer?.reason);
    if (outer?.aborted) onAbort();
    outer?.addEventListener("abort", onAbort);
    const cancel = clock.after(ms, () => controller.abort(new Error(why)));
    this.release = () => {
      cancel();
      outer?.removeEventListener("abort", onAbort);
    };
  }
}
