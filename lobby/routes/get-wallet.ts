import type { Route } from "../../runtime/route.ts";
import { list, object } from "../../runtime/routes/schemas.ts";
import { balances } from "../wallet.ts";
import { balance } from "./schemas.ts";
import type { LobbyService } from "./service.ts";

/** GET /wallet: the player's balances. */
export function getWallet({ database }: LobbyService): Route {
  return {
    method: "GET",
    path: "/wallet",
    name: "getWallet",
    summary: "The player's balances",
    access: "player",
    answers: {
      200: { meaning: "One for each currency.", schema: object({ balances: list(balance) }) },
    },
    refusals: [],
    async handle({ player }) {
      return { status: 200, body: { balances: await balances(database, player) } };
    },
  };
}
