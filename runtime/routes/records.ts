import { isRefusal } from "../errors.ts";
import type { Route } from "../route.ts";
import { recordJson } from "./record-json.ts";
import type { GameService } from "./service.ts";

const answers = {
  200: { meaning: "The record.", schema: { $ref: "#/components/schemas/PlayRecord" } },
};

/** GET …/rounds/{id}/record: all that is kept of one of the player's rounds. */
export function ownRecord({ game, records }: GameService): Route {
  return {
    method: "GET",
    path: `/games/${game}/rounds/{id}/record`,
    name: "getOwnRecord",
    summary: "The play record of one of the player's rounds: funds, choices and phases",
    access: "player",
    answers,
    refusals: ["not_found"],
    async handle({ player, params }) {
      const record = await records.get(player, params["id"] ?? "");
      return isRefusal(record) ? record : { status: 200, body: recordJson(record) };
    },
  };
}

/** GET …/records/{id}: the same of anybody's round, for the casino's back office. */
export function anyRecord({ game, records }: GameService): Route {
  return {
    method: "GET",
    path: `/games/${game}/records/{id}`,
    name: "getRecord",
    summary: "The play record of any player's round, for the back office",
    access: "cashier",
    answers,
    refusals: ["not_found"],
    async handle({ params }) {
      const record = await records.get(undefined, params["id"] ?? "");
      return isRefusal(record) ? record : { status: 200, body: recordJson(record) };
    },
  };
}
