import { setTimeout as sleep } from "node:timers/promises";

const restMs = { least: 20, most: 200 };

type Answer<T> = T | undefined | false;

/**
 * Asks again and again until `probe` answers something other than undefined or false; a fault only means: not yet. Throws with
 * what was waited for and the last fault. Its patience is a little less than a test's minute, so that it is this that speaks.
 */
export async function until<T>(
  what: string,
  probe: () => Promise<Answer<T>> | Answer<T>,
  seconds = 55,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let fault: unknown;
  for (let rest = restMs.least; ; rest = Math.min(rest * 1.2, restMs.most)) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    if (Date.now() > deadline)
      throw new Error(`not within ${seconds} s: ${what}`, { cause: fault });
    await sleep(rest);
  }
}
