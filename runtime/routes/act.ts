import type { Json, JsonSchema } from "../../games/game.ts";
import { isRefusal } from "../errors.ts";
import { requestHash } from "../request-hash.ts";
import type { Route } from "../route.ts";
import { roundJson } from "./round-json.ts";
import { object, ref } from "./schemas.ts";
import type { GameService } from "./service.ts";

type Body = { version: number; action: { type: string } };

const version: JsonSchema = {
  type: "integer",
  minimum: 0,
  maximum: 2_147_483_647,
  description: "the round's version that the player saw",
};

const bodyOf = (action: JsonSchema) => object({ version, action });

/** POST …/rounds/{id}/actions: takes the next action of an open round. */
export function act({ game, compiled, rounds }: GameService): Route<Body> {
  const path = `/games/${game}/rounds/{id}/actions`;
  const hashOf = (round: string, body: Json) => requestHash({ route: `POST ${path}`, round, body });
  const anyAction: JsonSchema = {
    type: "object",
    required: ["type"],
    properties: { type: { type: "string" } },
  };
  return {
    method: "POST",
    path,
    name: "act",
    summary: "Take an action in an open round; in Draining and Suspended too",
    access: "player",
    idempotencyKey: true,
    body: bodyOf(anyAction),
    documentedBody: () => bodyOf(compiled.engine.actionSchema ?? anyAction),
    answers: { 200: { meaning: "The round after the action.", schema: ref("Round") } },
    refusals: [
      "not_found",
      "idempotency_mismatch",
      "version_conflict",
      "round_settled",
      "illegal_action",
      "insufficient_funds",
    ],
    async recall({ player, key, params, body }) {
      const round = params["id"] ?? "";
      // No round has this version, so that all it can find is what the key has done before.
      const nothing = { version: -1, action: null };
      const hash = hashOf(round, body as Json);
      const result = await rounds.act({ player, round, key, requestHash: hash, ...nothing });
      if (!isRefusal(result)) return { status: 200, body: roundJson(result.round) };
      return result.refused === "idempotency_mismatch" ? result : null;
    },
    async handle({ player, key, params, body }) {
      const round = params["id"] ?? "";
      const hash = hashOf(round, body);
      const result = await rounds.act({ player, round, key, requestHash: hash, ...body });
      return isRefusal(result) ? result : { status: 200, body: roundJson(result.round) };
    },
  };
}
