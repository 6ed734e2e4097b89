import type { Route } from "../../runtime/route.ts";
import { cursor, limit, list, next, object } from "../../runtime/routes/schemas.ts";
import { withdrawal } from "./cashier-schemas.ts";
import { type PageQuery, pageOf } from "./page.ts";
import type { LobbyService } from "./service.ts";

/** GET /wallet/withdrawals: what the player asked to be paid out, newest first. */
export function listWithdrawals({ cashier }: LobbyService): Route<unknown, PageQuery> {
  return {
    method: "GET",
    path: "/wallet/withdrawals",
    name: "listWithdrawals",
    summary: "The player's withdrawals, newest first",
    access: "player",
    query: { limit, cursor },
    answers: {
      200: { meaning: "A page of withdrawals.", schema: object({ items: list(withdrawal), next }) },
    },
    refusals: ["invalid_cursor"],
    handle({ player, query }) {
      return pageOf(query, (before, most) =>
        cashier.ledger.withdrawals(player, { one: null, before, limit: most }),
      );
    },
  };
}
