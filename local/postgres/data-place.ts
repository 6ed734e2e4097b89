import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Account, reachable } from "./account.ts";
import { sharedFolder } from "./programs.ts";

/**
 * The folder that holds the cluster of a directory. It is a folder in it, unless we are root and
 * PostgreSQL's account cannot walk there (root's home is closed to others): then it lies in a shared
 * folder, and the directory names it.
 */
export function dataPlace(directory: string, account: Account | undefined): string {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  if (account === undefined) return owned(join(directory, "cluster"), account);
  if (reachable(directory)) return owned(join(directory, "cluster"), account);

  const pointer = join(directory, "cluster-place");
  if (existsSync(pointer)) return owned(readFileSync(pointer, "utf8").trim(), account);
  removeForgotten(directory);
  const place = join(sharedFolder(), `cluster-${randomBytes(6).toString("hex")}`);
  writeFileSync(`${place}.home`, directory);
  writeFileSync(pointer, place);
  return owned(place, account);
}

/** Whoever deletes a state folder means its database too: clusters made for such folders go. */
function removeForgotten(directory: string): void {
  const shared = sharedFolder();
  for (const name of readdirSync(shared).filter((file) => file.endsWith(".home"))) {
    const note = join(shared, name);
    const home = readFileSync(note, "utf8");
    if (home !== directory && existsSync(home)) continue;
    rmSync(note.slice(0, -".home".length), { recursive: true, force: true });
    rmSync(note);
  }
}

function owned(folder: string, account: Account | undefined): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}
