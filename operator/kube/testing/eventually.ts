import { setTimeout as sleep } from "node:timers/promises";

/** Waits until the check is true; fails, naming what it waited for, when that takes too long. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  timeoutMs = 5000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await sleep(5);
  }
}
