import { setTimeout as sleep } from "node:timers/promises";

/** Waits; a signal ends the wait early, and whoever waits looks at the signal then. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
