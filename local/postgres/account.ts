import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

// PostgreSQL refuses to run as root, and initdb wants its user to have a name.
const candidates = ["postgres", "nobody"];

/** The account that PostgreSQL runs under: undefined (our own) unless we are root. */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of candidates) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(":");
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(
    `PostgreSQL does not run as root, and /etc/passwd has none of: ${candidates.join(", ")}. ` +
      "Add one of these users, or start Pitboss as an ordinary user.",
  );
}

/** Whether any account can walk down to a folder: all its parents can be entered by all. */
export function reachable(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (!enterable(at)) return false;
    if (at === dirname(at)) return true;
  }
}

function enterable(folder: string): boolean {
  try {
    return (statSync(folder).mode & 0o001) !== 0;
  } catch (error) {
    // A folder that is not there yet is made by us, open to its account.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
}
