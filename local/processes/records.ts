import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { signalGroup, signalProcess } from "./signals.ts";
import { startTime } from "./start-time.ts";

/** What is written about a running child, so that a later run can find what a crashed one left. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly startTime: string;
  /** How to end it when its own run is gone. */
  readonly endSignal: NodeJS.Signals;
}

const orderlyMs = 5_000;

/** Notes a child in the folder; does nothing where it has already ended. */
export function record(folder: string, child: Omit<ProcessRecord, "startTime">): void {
  const started = startTime(child.pid);
  if (started === undefined) return;
  mkdirSync(folder, { recursive: true });
  const entry: ProcessRecord = { ...child, startTime: started };
  writeFileSync(fileOf(folder, child.pid), JSON.stringify(entry));
}

/** Takes a child that has ended out of the folder. */
export function forget(folder: string, pid: number): void {
  rmSync(fileOf(folder, pid), { force: true });
}

/** Ends every recorded process that still runs, by force when the patience is over, and says which. */
export async function reap(folder: string, patienceMs = orderlyMs): Promise<ProcessRecord[]> {
  const living = readAll(folder).filter((entry) => startTime(entry.pid) === entry.startTime);
  for (const entry of living) signalProcess(entry.pid, entry.endSignal);
  const deadline = Date.now() + patienceMs;
  const running = () => living.filter((entry) => startTime(entry.pid) === entry.startTime);
  while (running().length > 0 && Date.now() < deadline) await sleep(50);
  for (const entry of running()) signalGroup(entry.pid, "SIGKILL");
  while (running().length > 0) await sleep(20);
  rmSync(folder, { recursive: true, force: true });
  return living;
}

function readAll(folder: string): ProcessRecord[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return []; // Nothing was ever recorded.
  }
  return names.flatMap((name) => readOne(join(folder, name)));
}

function readOne(file: string): ProcessRecord[] {
  try {
    return [JSON.parse(readFileSync(file, "utf8")) as ProcessRecord];
  } catch {
    return []; // Half written when its writer was killed: the child was not started for long either.
  }
}

function fileOf(folder: string, pid: number): string {
  return join(folder, `${pid}.json`);
}
