import type { Game } from "../../../crds/generated/game.ts";
import { type Child, childMeta } from "./child.ts";
import type { Credentials } from "./facts.ts";
import { secretName } from "./names.ts";

/** The keys that say where the database is and who the game is there. */
export const DATABASE_KEYS = ["host", "port", "database", "user", "password"] as const;

/** The key with the CA of the database's certificate, where it has one of its own. */
export const CA_KEY = "ca.crt";

/** The key that encrypts the game's server seeds. */
export const SEED_KEY = "seed-key";

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/** How the game's pods reach their schema, and the key of their seeds. */
export function buildSecret(game: Game, { ca, seedKey, ...database }: Credentials): Child {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: childMeta(game, secretName(game)),
    type: "Opaque",
    data: {
      ...Object.fromEntries(DATABASE_KEYS.map((key) => [key, base64(String(database[key]))])),
      ...(ca === undefined ? {} : { [CA_KEY]: base64(ca) }),
      [SEED_KEY]: base64(seedKey),
    },
  };
}

/** The value of one key of a Secret as it travels; undefined where it is absent or empty. */
export function readSecret(secret: object | undefined, key: string): string | undefined {
  const data = (secret as { data?: Record<string, string> } | undefined)?.data;
  const value = data?.[key];
  return value ? Buffer.from(value, "base64").toString("utf8") : undefined;
}
