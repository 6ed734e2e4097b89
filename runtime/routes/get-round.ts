import { isRefusal } from "../errors.ts";
import type { Route } from "../route.ts";
import { roundJson } from "./round-json.ts";
import { ref } from "./schemas.ts";
import type { GameService } from "./service.ts";

/** GET …/rounds/{id}: one of the player's own rounds; another's is not found. */
export function getRound({ game, rounds }: GameService): Route {
  return {
    method: "GET",
    path: `/games/${game}/rounds/{id}`,
    name: "getRound",
    summary: "One of the player's rounds",
    access: "player",
    answers: { 200: { meaning: "The round as it is now.", schema: ref("Round") } },
    refusals: ["not_found"],
    async handle({ player, params }) {
      const round = await rounds.get(player, params["id"] ?? "");
      return isRefusal(round) ? round : { status: 200, body: roundJson(round) };
    },
  };
}
