import type { Route } from "../../runtime/route.ts";
import { cursor, game, limit, list, next, object } from "../../runtime/routes/schemas.ts";
import { type PageQuery, pageOf } from "./page.ts";
import type { LobbyService } from "./service.ts";
import { voidEntry } from "./void-schemas.ts";

type Query = PageQuery & { game?: string };

/** GET /voids: the journal of voided rounds, newest first. */
export function listVoids({ voids }: LobbyService): Route<unknown, Query> {
  return {
    method: "GET",
    path: "/voids",
    name: "listVoids",
    summary: "The journal of voided rounds, newest first, of one game or of all",
    access: "administrator",
    query: { game, limit, cursor },
    answers: {
      200: { meaning: "A page of entries.", schema: object({ items: list(voidEntry), next }) },
    },
    refusals: ["invalid_cursor"],
    handle({ query }) {
      return pageOf(query, (before, most) => voids.list(query.game ?? null, before, most));
    },
  };
}
