import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// bootstrap.js looks here before it replaces the packages beneath a running platform.
const folder = join(import.meta.dirname, "..", "node_modules", ".pitboss-running");

/** Notes that this process runs from the checkout's packages; the answer takes the note back. */
export function noteRunning(): () => void {
  const file = join(folder, String(process.pid));
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, "");
  return () => rmSync(file, { force: true });
}
