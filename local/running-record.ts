import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTime } from "./processes/start-time.ts";

// bootstrap.js looks here before it replaces the packages beneath a running platform.
const folder = join(import.meta.dirname, "..", "node_modules", ".pitboss-running");

/** Notes that this process runs from the checkout's packages; the answer takes the note back. */
export function noteRunning(): () => void {
  mkdirSync(folder, { recursive: true });
  for (const pid of readdirSync(folder)) {
    if (startTime(Number(pid)) === undefined) rmSync(join(folder, pid), { force: true });
  }
  const file = join(folder, String(process.pid));
  writeFileSync(file, "");
  return () => rmSync(file, { force: true });
}
