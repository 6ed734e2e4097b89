import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";

const GAMES = new URL("../games/", import.meta.url);

/**
 * The digest of the code that plays: every source of games/. The operator makes the same of the code
 * that proves, so that the two can be compared.
 */
export function engineDigest(): string {
  const files = readdirSync(GAMES, { recursive: true, encoding: "utf8" })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => /\.(ts|json)$/.test(name) && !/\.test\.ts$|^cli\//.test(name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(new URL(file, GAMES)));
  return hash.digest("hex").slice(0, 32);
}
