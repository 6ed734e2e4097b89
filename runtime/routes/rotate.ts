import { isRefusal } from "../errors.ts";
import type { Route } from "../route.ts";
import { pairJson } from "./pair-json.ts";
import { clientSeed, object, ref } from "./schemas.ts";
import type { GameService } from "./service.ts";

type Body = { clientSeed: string };

/** POST …/fairness/rotate: reveals the server seed and begins the next pair. */
export function rotate({ game, pairs, catalogue }: GameService): Route<Body> {
  return {
    method: "POST",
    path: `/games/${game}/fairness/rotate`,
    name: "rotate",
    summary: "Reveal the server seed and begin the next pair",
    access: "player",
    body: object({ clientSeed }),
    answers: {
      200: { meaning: "The revealed seed and the new pair.", schema: ref("RotatedSeedPair") },
    },
    refusals: ["rounds_open", "client_seed_used", "invalid_client_seed"],
    async handle({ player, body }) {
      const result = await pairs.rotate(player, body.clientSeed);
      if (isRefusal(result)) return result;
      const { revealed, ...pair } = result;
      return { status: 200, body: { revealed, ...pairJson(pair, catalogue()) } };
    },
  };
}
