import {
  linkSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTime } from "./processes/start-time.ts";

/** The process that holds a lock. */
export interface Owner {
  readonly pid: number;
  readonly startTime: string;
}

const pollMs = 200;
const takeoverMs = 10_000;

/** Takes the lock file unless a living process holds it, which is then told. Undefined: it is ours. */
export function tryLock(file: string): Owner | undefined {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    if (created(file)) return undefined;
    const owner = lockOwner(file);
    if (owner !== undefined && startTime(owner.pid) === owner.startTime) return owner;
    removeStale(file);
  }
}

/** Lets a lock of ours go. */
export function unlock(file: string): void {
  rmSync(file, { force: true });
}

/** Does the work while it holds the lock, and waits for it as long as another process does. */
export async function withLock<T>(
  file: string,
  waiting: (owner: Owner) => void,
  work: () => Promise<T>,
): Promise<T> {
  let told = false;
  for (let owner = tryLock(file); owner !== undefined; owner = tryLock(file)) {
    if (!told) waiting(owner);
    told = true;
    await sleep(pollMs);
  }
  const letGo = () => unlock(file);
  process.once("exit", letGo);
  try {
    return await work();
  } finally {
    process.off("exit", letGo);
    letGo();
  }
}

/** Who is written in a lock file; undefined where there is none. */
export function lockOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** A link appears with its content, or not at all: nobody sees a lock without its owner. */
function created(file: string): boolean {
  const mine = `${file}.${process.pid}`;
  const owner: Owner = { pid: process.pid, startTime: startTime(process.pid) ?? "" };
  writeFileSync(mine, JSON.stringify(owner));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Removes the lock of a dead process. Of several that saw it dead only one may do so: a second would
 * remove the lock that the first has taken meanwhile.
 */
function removeStale(file: string): void {
  const guard = `${file}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (ageMs(guard) > takeoverMs) rmSync(guard, { recursive: true, force: true });
    return;
  }
  const owner = lockOwner(file);
  if (owner === undefined || startTime(owner.pid) !== owner.startTime) unlock(file);
  rmdirSync(guard);
}

function ageMs(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0; // It is gone already.
  }
}
