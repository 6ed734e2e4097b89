import type { Route } from "../../runtime/route.ts";
import { list, object } from "../../runtime/routes/schemas.ts";
import { catalogueItem } from "./schemas.ts";
import type { LobbyService } from "./service.ts";

/** GET /games: every game of the platform. */
export function listGames({ catalogue }: LobbyService): Route {
  return {
    method: "GET",
    path: "/games",
    name: "listGames",
    summary: "The catalogue",
    access: "public",
    answers: { 200: { meaning: "Every game.", schema: object({ items: list(catalogueItem) }) } },
    refusals: [],
    async handle() {
      return { status: 200, body: { items: catalogue.items() } };
    },
  };
}
