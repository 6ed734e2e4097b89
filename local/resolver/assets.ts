import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Binary, minorOf } from "./binaries.ts";
import type { Found, Way } from "./way.ts";

const run = promisify(execFile);

/** Binaries that somebody has prepared: the folder that envtest's users know as KUBEBUILDER_ASSETS. */
export function assetsWay(folder: string | undefined, warn: (message: string) => void): Way {
  return {
    name: "KUBEBUILDER_ASSETS",
    async find(binary) {
      if (!folder) return { missing: "it is not set" };
      const path = join(folder, binary.name);
      const found = await checked(path, binary);
      if ("missing" in found) warn(`KUBEBUILDER_ASSETS: ${found.missing}`);
      return found;
    },
  };
}

async function checked(path: string, binary: Binary): Promise<Found> {
  try {
    await access(path, constants.X_OK);
  } catch {
    return { missing: `there is no program ${path}` };
  }
  const wanted = minorOf(binary.version);
  const minor = await minorOfProgram(path, binary);
  if (minor === wanted) return { path };
  return {
    missing: `${path} is version ${minor ?? "unknown"} and was refused; ${wanted} is needed`,
  };
}

async function minorOfProgram(path: string, binary: Binary): Promise<string | undefined> {
  // kubectl asks a cluster unless it is told not to.
  const args = binary.name === "kubectl" ? ["version", "--client"] : ["--version"];
  try {
    const { stdout } = await run(path, args, { timeout: 10_000 });
    return binary.versionPattern.exec(stdout)?.[1];
  } catch {
    return undefined; // It does not run here, or not as this program should.
  }
}
