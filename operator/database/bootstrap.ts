import { readFile } from "node:fs/promises";
import type { ClientBase } from "pg";
import pg from "pg";
import { scramVerifier } from "./scram.ts";

const SCRIPT = new URL("./bootstrap.sql", import.meta.url);

export interface BootstrapOptions {
  readonly database: string;
  readonly operatorPassword: string;
  readonly lobbyPassword: string;
}

/** bootstrap.sql with its psql variables filled in: what a Job on RDS runs, and what local/ and the tests run. */
export async function bootstrapSql(options: BootstrapOptions): Promise<string> {
  const [script, operator, lobby] = await Promise.all([
    readFile(SCRIPT, "utf8"),
    scramVerifier(options.operatorPassword),
    scramVerifier(options.lobbyPassword),
  ]);
  const values = new Map([
    ["database", options.database],
    ["operator_verifier", operator],
    ["lobby_verifier", lobby],
  ]);
  return script
    .replaceAll(/^--.*$/gm, "")
    .replaceAll(/:(["'])(\w+)\1/g, (_all, quote: string, name: string) => {
      const value = values.get(name);
      if (value === undefined) throw new Error(`bootstrap.sql names an unknown variable ${name}`);
      return quote === '"' ? pg.escapeIdentifier(value) : pg.escapeLiteral(value);
    });
}

/** Makes the operator's and the lobby's roles and opens the database that `client` is connected to for them alone. */
export async function bootstrap(client: ClientBase, options: BootstrapOptions): Promise<void> {
  try {
    await client.query(await bootstrapSql(options));
  } catch (cause) {
    throw new Error(`while making the roles of Pitboss in database ${options.database}`, { cause });
  }
}
