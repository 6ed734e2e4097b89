import type { Game } from "../../../crds/generated/game.ts";
import { CA_KEY, DATABASE_KEYS } from "../../platform/secrets.ts";
import { type Child, childMeta } from "./child.ts";
import type { Credentials } from "./facts.ts";
import { secretName } from "./names.ts";

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
