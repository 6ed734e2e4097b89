import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { userCache } from "./user-cache.ts";

/** What the person who starts the platform may choose. */
export interface Settings {
  /** State folder. */
  readonly home: string;
  /** The players' port; 0 takes a free one. */
  readonly port: number;
  /** Files or folders with the Games to apply; undefined: the examples of the checkout. */
  readonly games: string | undefined;
  readonly detach: boolean;
  readonly issuer: string;
  readonly audience: string;
  /** Further keys whose tokens are accepted, such as those of a test suite. */
  readonly jwks: string | undefined;
}

const defaultPort = 8080;

/** A setting that makes no sense; the message says which and what would. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Reads the command line and the environment of `npm start` and `npm run stop`. */
export function readSettings(args: readonly string[], env: NodeJS.ProcessEnv): Settings {
  const { games, detach = false } = optionsOf(args);
  return {
    home: resolve(env["PITBOSS_HOME"] || join(userCache(env), "home")),
    port: portOf(env["PORT"]),
    games: games === undefined ? undefined : existing(games),
    detach,
    issuer: env["PITBOSS_ISSUER"] || "pitboss-local",
    audience: env["PITBOSS_AUDIENCE"] || "pitboss",
    jwks: env["PITBOSS_JWKS"] || undefined,
  };
}

function optionsOf(args: readonly string[]): { games?: string; detach?: boolean } {
  try {
    return parseArgs({
      args: [...args],
      options: { games: { type: "string" }, detach: { type: "boolean" } },
    }).values;
  } catch (error) {
    throw new SettingsError(
      `${(error as Error).message}\nusage: npm start -- [--games FILE-OR-FOLDER] [--detach]`,
    );
  }
}

/** Asked before anything starts: the manifests are read only once the control plane runs. */
function existing(path: string): string {
  const place = resolve(path);
  if (existsSync(place)) return place;
  throw new SettingsError(`--games ${path}: there is no such file or folder`);
}

function portOf(text: string | undefined): number {
  if (!text) return defaultPort;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SettingsError(`PORT is "${text}"; it must be a port, or 0 for any free one`);
}
