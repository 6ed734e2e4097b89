import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Child } from "./processes/child.ts";

/** A server of the platform that is started again when it ends by itself. */
export interface Component {
  readonly name: string;
  /** The running process. */
  child(): Child | undefined;
  restart(): Promise<void>;
}

export interface SuperviseOptions {
  readonly components: readonly Component[];
  readonly say: (message: string) => void;
  /** A component with a file of its name in this folder stays down until the file goes: for drills. */
  readonly holds: string;
  /** Ends the supervision. */
  readonly signal: AbortSignal;
  /** A component that cannot be kept running. */
  readonly giveUp: (error: Error) => void;
}

const fewAttempts = 5;
const shortWhileMs = 60_000;
const holdPollMs = 200;

/** Watches over the components until the signal: each that ends is reported and started again. */
export function supervise(options: SuperviseOptions): void {
  for (const component of options.components) {
    watchOver(component, options).catch((error: unknown) => {
      if (!options.signal.aborted) options.giveUp(error as Error);
    });
  }
}

async function watchOver(component: Component, options: SuperviseOptions): Promise<void> {
  const { say, signal } = options;
  const restarts: number[] = [];
  for (;;) {
    const exit = await component.child()?.exited;
    if (signal.aborted) return;
    say(`${component.name} ended (${exit?.signal ?? `exit ${exit?.code}`})`);
    await whileHeld(component.name, options);
    if (signal.aborted) return;
    restarts.push(Date.now());
    const recent = restarts.filter((time) => Date.now() - time < shortWhileMs).length;
    if (recent > fewAttempts) throw new Error(tooOften(component));
    say(`starting ${component.name} again`);
    await component.restart();
    if (signal.aborted) return;
    say(`${component.name} is back`);
  }
}

async function whileHeld(name: string, { holds, say, signal }: SuperviseOptions): Promise<void> {
  const file = join(holds, name);
  if (existsSync(file)) say(`${name} stays down as long as there is a file ${file}`);
  while (existsSync(file) && !signal.aborted) await sleep(holdPollMs);
}

function tooOften({ name, child }: Component): string {
  const log = child()?.logFile ?? "its log";
  return `${name} ended ${fewAttempts} times within a minute; ${log} says why`;
}
