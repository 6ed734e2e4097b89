import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Account } from "./account.ts";
import type { Programs } from "./programs.ts";

const run = promisify(execFile);

export interface Cluster {
  readonly data: string;
  readonly password: string;
}

/** Makes the database cluster where there is none yet; its superuser has a password of its own. */
export async function initCluster(
  place: string,
  programs: Programs,
  account: Account | undefined,
  durable: boolean,
): Promise<Cluster> {
  const data = join(place, "data");
  const passwordFile = join(place, "superuser-password");
  if (existsSync(data)) return { data, password: readFileSync(passwordFile, "utf8").trim() };

  // Made aside and renamed: an initdb that was killed half-way is not taken for a cluster.
  const unfinished = join(place, "data.unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  const password = randomBytes(24).toString("base64url");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== undefined) chownSync(passwordFile, account.uid, account.gid);
  await run(
    programs.initdb,
    [
      ...["-D", unfinished, "-U", "postgres", "--pwfile", passwordFile],
      ...["--auth=scram-sha-256", "--encoding=UTF8"],
      ...["--locale-provider=builtin", "--locale=C.UTF-8"],
      ...(durable ? [] : ["--no-sync"]),
    ],
    { ...account, cwd: place, env: { LC_ALL: "C" } },
  ).catch((error: unknown) => {
    throw new Error("while making the PostgreSQL cluster", { cause: error });
  });
  renameSync(unfinished, data);
  return { data, password };
}
