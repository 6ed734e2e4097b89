/** A database Secret as a pod has it mounted, for tests. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface MountedSecret {
  readonly directory: string;
  remove(): Promise<void>;
}

/** Mounts where and as whom the address says, and other files beside it. */
export async function mountSecret(
  url: string,
  more: Readonly<Record<string, string>> = {},
): Promise<MountedSecret> {
  const { hostname, port, pathname, username, password } = new URL(url);
  const files = {
    ...{ host: hostname, port, database: pathname.slice(1), user: decodeURIComponent(username) },
    password: decodeURIComponent(password),
    ...more,
  };
  const directory = await mkdtemp(join(tmpdir(), "pitboss-secret-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return { directory, remove: () => rm(directory, { recursive: true }) };
}
