import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const keptMs = 7 * 24 * 3_600_000;

/** Removes the logs of pods that nobody has written to for a week. */
export function removeOldLogs(folder: string, now = Date.now()): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return; // No pod ever ran.
  }
  for (const name of names) {
    const file = join(folder, name);
    if (now - statSync(file).mtimeMs > keptMs) rmSync(file, { force: true });
  }
}
