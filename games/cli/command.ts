// What the three commands share: arguments, files, and failures that a person can act on.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Problem } from "../game.ts";
import type { JackpotPart } from "../jackpot-part.ts";
import { type GameRead, readGame, readJackpotFile } from "../manifest.ts";
import type { ProofRequest } from "../prove.ts";

/** Something the user can put right: its message is all that they see. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Runs a command; a UsageError becomes a line on stderr and exit code 1. */
export function run(command: () => void): void {
  try {
    command();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The PATH of the command line, the paths beside it where there may be such, and the named options. */
export function readArguments(
  usage: string,
  names: readonly string[] = [],
  { beside: allowed = false } = {},
) {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    const { positionals, values } = parseArgs({ options, allowPositionals: true });
    const [path, ...beside] = positionals;
    if (path !== undefined && (allowed || beside.length === 0)) return { path, beside, values };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message}\nusage: ${usage}`);
  }
  throw new UsageError(`usage: ${usage}`);
}

/** The text of a file; "-" is standard input. */
export function readText(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UsageError(`${path}: there is no such file`);
    if (code === "EISDIR") throw new UsageError(`${path}: it is a folder, name a file in it`);
    throw new UsageError(`${path}: it cannot be read (${code})`);
  }
}

/** The Game in a manifest, ready to be proven. */
export function readManifest(path: string): ProofRequest {
  return readWhole(path).request;
}

/** The Game in a manifest, with the Jackpots that it names and those beside it. */
export function readWhole(path: string): GameRead {
  const read = readGame(readText(path));
  if ("problems" in read) throw refused(path, read.problems);
  return read;
}

/** The Jackpots in a file of manifests. */
export function readJackpotsOf(path: string): JackpotPart[] {
  const read = readJackpotFile(readText(path));
  if ("problems" in read) throw refused(path, read.problems);
  return read.jackpots;
}

/** The same for problems whose pointers begin in the Game's spec. */
export function refusedSpec(path: string, problems: readonly Problem[]): UsageError {
  const inManifest = problems.map((it) => ({ ...it, pointer: `/spec${it.pointer}` }));
  return refused(path, inManifest);
}

/** One line for each problem: "path: spec.config.edge: what to do". */
function refused(path: string, problems: readonly Problem[]): UsageError {
  const lines = problems.map(({ pointer, message }) => {
    const field = pointer.slice(1).replaceAll("/", ".");
    return field === "" ? `${path}: ${message}` : `${path}: ${field}: ${message}`;
  });
  return new UsageError(lines.join("\n"));
}
