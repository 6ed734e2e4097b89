import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { lockOwner, tryLock, unlock } from "./lock.ts";
import { nodes } from "./nodes.ts";
import { type ProcessRecord, reap } from "./processes/records.ts";
import { startTime } from "./processes/start-time.ts";

/** The state folder of the platform, held by one run at a time. */
export interface Home {
  readonly path: string;
  /** A path in it. */
  at(...parts: string[]): string;
  /** Where running processes are noted. */
  readonly records: string;
  /** What is kept under a name, made at the first call. */
  keep<T>(name: string, make: () => T): T;
  release(): void;
}

/** Another run holds the state folder. */
export class HomeTaken extends Error {
  override readonly name = "HomeTaken";
}

/** Takes the state folder for this process. */
export function openHome(path: string): Home {
  mkdirSync(path, { recursive: true });
  // Passable, as PostgreSQL runs under another account when we are root; what is secret is closed itself.
  chmodSync(path, 0o711);
  const lock = lockFile(path);
  const owner = tryLock(lock);
  if (owner !== undefined) {
    throw new HomeTaken(
      `Pitboss already runs with the state folder ${path} (pid ${owner.pid}). ` +
        "Stop it with: npm run stop. Or set PITBOSS_HOME to another folder, and PORT to another port.",
    );
  }
  const at = (...parts: string[]) => join(path, ...parts);
  return {
    path,
    at,
    records: recordsOf(path),
    keep: (name, make) => keep(at(`${name}.json`), make),
    release: () => unlock(lock),
  };
}

/** The pid of the run that holds a state folder, if one does. */
export function runningPid(path: string): number | undefined {
  const owner = lockOwner(lockFile(path));
  if (owner === undefined || startTime(owner.pid) !== owner.startTime) return undefined;
  return owner.pid;
}

/** Ends what a run that crashed, or was told to end at once, has left; says what that was. */
export async function endLeftovers(home: Home, patienceMs?: number): Promise<ProcessRecord[]> {
  const pods = await Promise.all(
    nodes.map(({ folder }) => reap(home.at(folder, "processes"), patienceMs)),
  );
  const servers = await reap(home.records, patienceMs);
  for (const { folder } of nodes) {
    rmSync(home.at(folder, "pods"), { recursive: true, force: true });
  }
  return [...pods.flat(), ...servers];
}

function lockFile(path: string): string {
  return join(path, "lock");
}

function recordsOf(path: string): string {
  return join(path, "processes");
}

function keep<T>(file: string, make: () => T): T {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as T;
  const made = make();
  // Renamed into place: a run that is killed here leaves nothing half written.
  writeFileSync(`${file}.new`, JSON.stringify(made), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return made;
}
