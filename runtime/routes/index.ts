import type { Route } from "../route.ts";
import { act } from "./act.ts";
import { document } from "./document.ts";
import { exports } from "./exports.ts";
import { fairness } from "./fairness.ts";
import { getRound } from "./get-round.ts";
import { listRounds } from "./list-rounds.ts";
import { placeRound } from "./place-round.ts";
import { proof } from "./proof.ts";
import { playRecord } from "./record-json.ts";
import { anyRecord, ownRecord } from "./records.ts";
import { revision } from "./revision.ts";
import { rotate } from "./rotate.ts";
import { limitsJson, rules } from "./rules.ts";
import { types } from "./schemas.ts";
import type { GameService } from "./service.ts";

const makers = [
  ...[rules, revision, placeRound, listRounds, getRound, act, proof, fairness, rotate],
  ...[ownRecord, anyRecord],
];

/** The types that a game server's document names. */
export const gameTypes = { ...types, PlayRecord: playRecord };

/** Every route of a game server. */
export function gameRoutes(service: GameService): Route[] {
  const routes = [
    ...makers.map((make) => make(service) as Route),
    ...(exports(service) as Route[]),
  ];
  const path = `/games/${service.game}/openapi.json`;
  const stakes = () => JSON.stringify(limitsJson(service.catalogue().stakes));
  return [...routes, document(path, service.game, routes, gameTypes, stakes)];
}
