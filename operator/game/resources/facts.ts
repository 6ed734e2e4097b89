import type { Json } from "../../../games/game.ts";

/** The proven configuration that is to serve; the runtime reads it as it is here. */
export interface Revision {
  readonly engine: string;
  readonly engineVersion: string;
  /** With its defaults. */
  readonly config: Json;
  readonly revision: string;
}

/** How a game's own role reaches its schema. */
export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ca?: string;
  /** 64 hex digits; encrypts the game's server seeds. */
  readonly seedKey: string;
}
