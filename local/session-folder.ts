import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reap } from "./processes/records.ts";
import { startTime } from "./processes/start-time.ts";

/** A folder for what lives as long as this process: servers' data, and the records of their processes. */
export interface SessionFolder {
  readonly path: string;
  readonly records: string;
  remove(): void;
}

/** Makes a session folder; first ends and removes what killed sessions of the same prefix left. */
export async function sessionFolder(prefix: string): Promise<SessionFolder> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    if (!abandoned(folder)) continue;
    await reap(join(folder, "processes"));
    rmSync(folder, { recursive: true, force: true });
  }
  const path = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(path, "owner"), `${process.pid}\n${startTime(process.pid)}`);
  // PostgreSQL runs under another account when we are root.
  chmodSync(path, 0o711);
  const records = join(path, "processes");
  mkdirSync(records);
  return { path, records, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function abandoned(folder: string): boolean {
  try {
    const [pid, started] = readFileSync(join(folder, "owner"), "utf8").split("\n");
    return started !== undefined && startTime(Number(pid)) !== started;
  } catch {
    return false; // Being made at this moment, or not ours to read.
  }
}
