import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

const CACHE = fileURLToPath(new URL("../node_modules/.cache/compile", import.meta.url));

/**
 * Keeps a process small; to be called before the rest is loaded. Measured idle on Node 24: 101 MB of a
 * game server with it, 121 MB without.
 *
 * The young generation stays at its first size. It would grow to 32 MB while the modules load and never
 * shrink; short requests leave little garbage, and a benchmark of them is no slower. The compile cache
 * also holds the stripped sources, so that the TypeScript parser (20 MB) is not loaded at all. Where the
 * folder cannot be written, as in a read-only image that has no cache, the process is only larger.
 */
export function stayLean(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  enableCompileCache(CACHE);
}
