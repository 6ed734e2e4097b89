import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** PEM; with it the server's certificate and name are verified. */
  readonly ca?: string;
}

/** Reads a mounted database Secret: one file a field. */
export async function readSettings(directory: string): Promise<DatabaseSettings> {
  const [host, port, database, user, password] = await Promise.all(
    ["host", "port", "database", "user", "password"].map((field) => read(directory, field)),
  );
  if (!host || !port || !database || !user || !password) {
    throw new Error(
      `${directory} lacks one of host, port, database, user, password: mount the database Secret there`,
    );
  }
  const settings = { host, port: Number(port), database, user, password };
  const ca = await read(directory, "ca.crt");
  return ca === undefined ? settings : { ...settings, ca };
}

/** Whether connections made with the one lead where the other's would; the password is read for each. */
export function sameServer(a: DatabaseSettings, b: DatabaseSettings): boolean {
  return (["host", "port", "database", "user", "ca"] as const).every(
    (field) => a[field] === b[field],
  );
}

async function read(directory: string, field: string): Promise<string | undefined> {
  try {
    const text = (await readFile(join(directory, field), "utf8")).trim();
    return text === "" ? undefined : text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(`while reading ${field} of the database Secret`, { cause: error });
  }
}
