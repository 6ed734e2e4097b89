import type { Route } from "../../runtime/route.ts";
import { list, object } from "../../runtime/routes/schemas.ts";
import { eventId, jackpotItem } from "./jackpot-schemas.ts";
import type { LobbyService } from "./service.ts";

/** GET /jackpots: every pool, and the rules that it is won by. */
export function listJackpots({ jackpots }: LobbyService): Route {
  const schema = object({ items: list(jackpotItem), lastEventId: eventId });
  return {
    method: "GET",
    path: "/jackpots",
    name: "listJackpots",
    summary: "Pools, terms and rules of the jackpots",
    access: "public",
    answers: { 200: { meaning: "Every jackpot.", schema } },
    refusals: [],
    async handle() {
      const { board } = jackpots;
      const items = board.items();
      return { status: 200, body: { items, lastEventId: String(board.lastId) } };
    },
  };
}
