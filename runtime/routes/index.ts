import type { Route } from "../route.ts";
import { act } from "./act.ts";
import { document } from "./document.ts";
import { fairness } from "./fairness.ts";
import { getRound } from "./get-round.ts";
import { listRounds } from "./list-rounds.ts";
import { placeRound } from "./place-round.ts";
import { proof } from "./proof.ts";
import { rotate } from "./rotate.ts";
import { rules } from "./rules.ts";
import { types } from "./schemas.ts";
import type { GameService } from "./service.ts";

const makers = [rules, placeRound, listRounds, getRound, act, proof, fairness, rotate];

/** Every route of a game server. */
export function gameRoutes(service: GameService): Route[] {
  const routes = makers.map((make) => make(service) as Route);
  return [...routes, document(`/games/${service.game}/openapi.json`, service.game, routes, types)];
}
