import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Manifest } from "./install/documents.ts";
import type { ImageTable } from "./node-agent/images.ts";

/** The image of the test node, as the example Chain names it. */
const anvilImage = "ghcr.io/foundry-rs/foundry:v1.7.1";
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
const systems: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin" };

/** The program anvil, where npm has it for this machine. */
export function anvilProgram(): string | undefined {
  const { platform, arch } = process;
  const name = `@foundry-rs/anvil-${systems[platform]}-${architectures[arch]}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const program = join(folder, "bin", "anvil");
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined; // npm has none for this machine.
  }
}

/** The images of nodes that this machine can run. */
export function chainImages(cwd: string): ImageTable {
  const anvil = anvilProgram();
  return anvil === undefined ? {} : { [anvilImage]: { cwd, programs: { anvil } } };
}

/** Makes the folders that Chains expect on their machines, as whoever prepares a machine does. */
export function prepareDisk(disk: string, objects: readonly Manifest[]): void {
  for (const path of objects.flatMap(hostPaths)) {
    mkdirSync(join(disk, path), { recursive: true, mode: 0o700 });
  }
}

function hostPaths(object: Manifest): string[] {
  if (object.kind !== "Chain") return [];
  const { spec } = object as { spec?: { node?: { storage?: { hostPath?: string } } } };
  const path = spec?.node?.storage?.hostPath;
  return path === undefined ? [] : [path];
}
