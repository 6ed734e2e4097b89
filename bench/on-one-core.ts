import { join } from "node:path";
import { CLIENT_CPU, outputOf, startPinned } from "./pinned.ts";

/** Runs a script of this folder on one core, in a process that compiled nothing else; its JSON answer. */
export async function onOneCore<T>(script: string, ...args: (string | number)[]): Promise<T> {
  const file = join(import.meta.dirname, script);
  const child = startPinned(CLIENT_CPU, process.execPath, [file, ...args.map(String)]);
  return JSON.parse(await outputOf(child)) as T;
}
