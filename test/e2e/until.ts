import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks again and again until `probe` answers something other than undefined or false.
 * Throws with `what` and the last error or answer when `seconds` have passed.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      last = "no";
    } catch (error) {
      last = error;
    }
    await sleep(200);
  }
  throw new Error(`${what}: not within ${seconds} s`, { cause: last });
}
