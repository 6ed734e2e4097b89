import { homedir } from "node:os";
import { join } from "node:path";

/** Pitboss's folder in the user's cache, where each system keeps such things. */
export function userCache(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env["XDG_CACHE_HOME"];
  if (xdg) return join(xdg, "pitboss");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "pitboss");
  return join(homedir(), ".cache", "pitboss");
}
