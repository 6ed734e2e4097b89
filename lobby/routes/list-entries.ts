import type { Route } from "../../runtime/route.ts";
import { cursor, limit, list, next, object } from "../../runtime/routes/schemas.ts";
import { entries } from "../wallet.ts";
import { entry } from "./schemas.ts";
import type { LobbyService } from "./service.ts";

type Query = { limit?: number; cursor?: string };

const LIMIT_DEFAULT = 50;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** GET /wallet/entries: the player's ledger, newest first. */
export function listEntries({ database }: LobbyService): Route<unknown, Query> {
  return {
    method: "GET",
    path: "/wallet/entries",
    name: "listEntries",
    summary: "The player's ledger entries, newest first",
    access: "player",
    query: { limit, cursor },
    answers: {
      200: { meaning: "A page of entries.", schema: object({ items: list(entry), next }) },
    },
    refusals: ["invalid_cursor"],
    async handle({ player, query }) {
      const atMost = query.limit ?? LIMIT_DEFAULT;
      // Entries are named in the order of their making, so the last of a page is the cursor.
      const before = query.cursor ?? null;
      if (before !== null && !uuid.test(before)) return { refused: "invalid_cursor" };
      const items = await entries(database, player, { limit: atMost, before });
      const last = items.length < atMost ? undefined : items.at(-1);
      return { status: 200, body: { items, next: last?.id ?? null } };
    },
  };
}
