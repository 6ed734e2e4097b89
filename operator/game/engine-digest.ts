import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";

const GAMES = new URL("../../games/", import.meta.url);

let digest: string | undefined;

/**
 * The digest of the code that proves the math: every source of games/. A proof by another code is
 * not taken for one by this.
 */
export function engineDigest(): string {
  digest ??= digestOf(GAMES);
  return digest;
}

function digestOf(folder: URL): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => /\.(ts|json)$/.test(name) && !/\.test\.ts$|^cli\//.test(name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(new URL(file, folder)));
  return hash.digest("hex").slice(0, 32);
}
