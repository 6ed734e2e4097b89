import { isRefusal } from "../errors.ts";
import type { Route } from "../route.ts";
import { ref } from "./schemas.ts";
import type { GameService } from "./service.ts";

/** GET …/rounds/{id}/proof: all that is needed to replay a round whose server seed is revealed. */
export function proof({ game, rounds }: GameService): Route {
  return {
    method: "GET",
    path: `/games/${game}/rounds/{id}/proof`,
    name: "proof",
    summary: "The proof of a round, after its seed pair was rotated",
    access: "player",
    answers: { 200: { meaning: "The proof.", schema: ref("Proof") } },
    refusals: ["not_found", "seed_active", "round_voided"],
    async handle({ player, params }) {
      const result = await rounds.proof(player, params["id"] ?? "");
      return isRefusal(result) ? result : { status: 200, body: result };
    },
  };
}
