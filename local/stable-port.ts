import { readFileSync, writeFileSync } from "node:fs";
import { freePort, isFree } from "./ports.ts";

/** The port that was used the last time where it is free, so that addresses outlive a restart. */
export async function stablePort(file: string): Promise<number> {
  const last = lastPort(file);
  if (last !== undefined && (await isFree(last))) return last;
  const port = await freePort();
  writeFileSync(file, String(port));
  return port;
}

function lastPort(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || undefined;
  } catch {
    return undefined; // The first run.
  }
}
