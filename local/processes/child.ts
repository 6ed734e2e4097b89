import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { forget, record } from "./records.ts";
import { signalGroup, signalProcess } from "./signals.ts";

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Folder in which the child is noted while it runs. */
  readonly records?: string | undefined;
  readonly stopSignal?: NodeJS.Signals;
  /** How a later run ends it where this one crashed; the stop signal unless there is a quicker way. */
  readonly endSignal?: NodeJS.Signals;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of ours that leads its own process group and writes to a log file. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<Exit>;
  exit(): Exit | undefined;
  /** Asks it to stop, waits, and kills its whole group when the grace time is over. */
  stop(graceMs: number): Promise<Exit>;
}

/** Starts a process in a group of its own, so that the terminal's Ctrl-C reaches only the supervisor. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const process = await spawned(options);
  const pid = process.pid as number;
  const { records, stopSignal = "SIGTERM", endSignal = stopSignal } = options;
  if (records !== undefined) record(records, { name: options.name, pid, endSignal });

  let exit: Exit | undefined;
  const exited = new Promise<Exit>((resolve) => {
    process.once("exit", (code, signal) => {
      exit = { code, signal };
      // What it started and left behind would outlive us.
      signalGroup(pid, "SIGKILL");
      if (records !== undefined) forget(records, pid);
      resolve(exit);
    });
  });

  async function stop(graceMs: number): Promise<Exit> {
    if (exit === undefined) signalProcess(pid, stopSignal);
    const timer = new AbortController();
    const tooLate = sleep(graceMs, undefined, { signal: timer.signal }).then(
      () => signalGroup(pid, "SIGKILL"),
      () => false, // It ended in time.
    );
    const ended = await exited;
    timer.abort();
    await tooLate;
    return ended;
  }

  return { name: options.name, pid, logFile: options.logFile, exited, exit: () => exit, stop };
}

async function spawned(options: ChildOptions): Promise<ChildProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, "a", 0o600);
  try {
    const child = spawn(options.command, options.args, {
      detached: true,
      stdio: ["ignore", log, log],
      env: options.env ?? {},
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...options.user,
    });
    await once(child, "spawn");
    return child;
  } catch (error) {
    throw new Error(`while starting ${options.name} (${options.command})`, { cause: error });
  } finally {
    closeSync(log);
  }
}

/** The end of a child's log, for the message that says why it is gone. */
export async function lastWords(child: Child, lines = 15): Promise<string> {
  const text = await readFile(child.logFile, "utf8");
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** An error that says how a child ended and what it said last. */
export async function endedError(child: Child, doing: string): Promise<Error> {
  const { code, signal } = child.exit() ?? { code: null, signal: null };
  const how = signal === null ? `exit ${code}` : signal;
  return new Error(
    `${child.name} ended (${how}) ${doing}; its log ${child.logFile} ends:\n${await lastWords(child)}`,
  );
}
