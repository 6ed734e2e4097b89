import type { Route } from "../route.ts";
import { pairJson } from "./pair-json.ts";
import { ref } from "./schemas.ts";
import type { GameService } from "./service.ts";

/** GET …/fairness: the player's seed pair in this game; the first call commits it. */
export function fairness({ game, pairs, catalogue }: GameService): Route {
  return {
    method: "GET",
    path: `/games/${game}/fairness`,
    name: "fairness",
    summary: "The player's seed pair in this game",
    access: "player",
    answers: { 200: { meaning: "The active pair.", schema: ref("SeedPair") } },
    refusals: [],
    async handle({ player }) {
      return { status: 200, body: pairJson(await pairs.current(player), catalogue()) };
    },
  };
}
