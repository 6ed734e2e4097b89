import { isRefusal } from "../errors.ts";
import type { Route } from "../route.ts";
import type { RoundState } from "../types.ts";
import { roundJson } from "./round-json.ts";
import { cursor, limit, list, next, object, ref } from "./schemas.ts";
import type { GameService } from "./service.ts";

type Query = { state?: RoundState; limit?: number; cursor?: string };

const LIMIT_DEFAULT = 50;

/** GET …/rounds: the player's rounds in this game, newest first. */
export function listRounds({ game, rounds }: GameService): Route<unknown, Query> {
  return {
    method: "GET",
    path: `/games/${game}/rounds`,
    name: "listRounds",
    summary: "The player's rounds in this game, newest first",
    access: "player",
    query: { state: { enum: ["open", "settled", "voided"] }, limit, cursor },
    answers: {
      200: { meaning: "A page of rounds.", schema: object({ items: list(ref("Round")), next }) },
    },
    refusals: ["invalid_cursor"],
    async handle({ player, query }) {
      const page = await rounds.list(player, { ...query, limit: query.limit ?? LIMIT_DEFAULT });
      if (isRefusal(page)) return page;
      return { status: 200, body: { items: page.items.map(roundJson), next: page.next } };
    },
  };
}
