import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTime } from "./processes/start-time.ts";

// bootstrap.js looks here before it replaces the packages beneath a running platform.
const folder = join(import.meta.dirname, "..", "node_modules", ".pitboss-running");

/** Notes that this process runs from the checkout's packages; the answer takes the note back. */
export function noteRunning(): () => void {
  const file = join(folder, String(process.pid));
  try {
    mkdirSync(folder, { recursive: true });
    for (const pid of readdirSync(folder)) {
      if (startTime(Number(pid)) === undefined) rmSync(join(folder, pid), { force: true });
    }
    writeFileSync(file, "");
  } catch (error) {
    // A checkout that we cannot write to is another user's, who also cannot see our state folder.
    if (!["EACCES", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return () => {};
  }
  return () => rmSync(file, { force: true });
}
