import { access, chmod, constants, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { kubernetesVersion } from "./binaries.ts";
import type { Way } from "./way.ts";

/** The folder of the user's cache that holds the binaries of this version. */
export function cacheFolder(userCache: string): string {
  return join(userCache, "kubernetes", `v${kubernetesVersion}`);
}

/** What an earlier run downloaded or built. */
export function cacheWay(folder: string): Way {
  return {
    name: "cache",
    async find({ name }) {
      const path = join(folder, name);
      try {
        await access(path, constants.X_OK);
        return { path };
      } catch {
        return { missing: `${path} is not there` };
      }
    },
  };
}

/**
 * Has a program made under a name of its own and then moved to its place, so that a run that is
 * killed leaves no half of it there.
 */
export async function intoCache(
  folder: string,
  name: string,
  make: (unfinished: string) => Promise<void>,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  const unfinished = `${path}.unfinished`;
  await make(unfinished);
  await chmod(unfinished, 0o755);
  await rename(unfinished, path);
  return path;
}
