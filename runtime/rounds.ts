import { Acting, type ActingOptions } from "./act.ts";
import { Placing, type PlacingOptions } from "./place.ts";
import type { Rounds } from "./types.ts";

/** The rounds of one game, and the one thing that only the sweeper does with them. */
export interface GameRounds extends Rounds {
  finish(player: string, round: string): Promise<boolean>;
}

/** Puts together what plays, moves on and shows the rounds of one game. */
export function gameRounds(options: PlacingOptions & ActingOptions): GameRounds {
  const placing = new Placing(options);
  const acting = new Acting(options);
  const { history } = options;
  return {
    place: (request) => placing.place(request),
    act: (request) => acting.act(request),
    get: (player, id) => history.get(player, id),
    list: (player, request) => history.list(player, request),
    proof: (player, id) => history.proof(player, id),
    finish: (player, round) => acting.finish(player, round),
  };
}
