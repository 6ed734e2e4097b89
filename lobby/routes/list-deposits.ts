import type { Route } from "../../runtime/route.ts";
import { cursor, limit, list, next, object } from "../../runtime/routes/schemas.ts";
import { deposit } from "./cashier-schemas.ts";
import { type PageQuery, pageOf } from "./page.ts";
import type { LobbyService } from "./service.ts";

/** GET /wallet/deposits: what the player paid in, newest first, what is not final yet too. */
export function listDeposits({ cashier }: LobbyService): Route<unknown, PageQuery> {
  return {
    method: "GET",
    path: "/wallet/deposits",
    name: "listDeposits",
    summary: "The player's deposits, newest first, pending ones too",
    access: "player",
    query: { limit, cursor },
    answers: {
      200: { meaning: "A page of deposits.", schema: object({ items: list(deposit), next }) },
    },
    refusals: ["invalid_cursor"],
    handle({ player, query }) {
      return pageOf(query, (before, most) => cashier.ledger.deposits(player, before, most));
    },
  };
}
