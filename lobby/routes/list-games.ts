import { represented } from "../../runtime/representation.ts";
import type { Route } from "../../runtime/route.ts";
import { list, object } from "../../runtime/routes/schemas.ts";
import { catalogueItem } from "./schemas.ts";
import type { LobbyService } from "./service.ts";

/** GET /games: every game of the platform. */
export function listGames({ catalogue }: LobbyService): Route {
  const remembered = represented();
  return {
    method: "GET",
    path: "/games",
    name: "listGames",
    summary: "The catalogue",
    access: "public",
    answers: {
      200: { meaning: "Every game, with an ETag.", schema: object({ items: list(catalogueItem) }) },
      304: { meaning: "The catalogue is the one that If-None-Match names." },
    },
    refusals: [],
    async handle() {
      const items = catalogue.items();
      const body = await remembered(items, async () => JSON.stringify({ items }));
      return { status: 200, body };
    },
  };
}
