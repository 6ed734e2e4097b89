import { Acting, type ActingOptions } from "./act.ts";
import { Endings } from "./endings.ts";
import { Placing, type PlacingOptions } from "./place.ts";
import type { ActRequest, Logger, Rounds } from "./types.ts";

/** The rounds of one game, and what only the sweeper does with them. */
export interface GameRounds extends Rounds {
  finish(player: string, round: string): Promise<boolean>;
  /** Those that end by the clock; undefined where none do. */
  readonly endings: Endings | undefined;
}

/** Puts together what plays, moves on and shows the rounds of one game. */
export function gameRounds(
  options: Omit<PlacingOptions, "endings"> & ActingOptions & { readonly logger: Logger },
): GameRounds {
  const { db, history, logger, revisions } = options;
  const acting = new Acting(options);
  const endings =
    revisions.own.engine.clock &&
    new Endings({
      ...{ db, logger, endMs: (session, round) => acting.endMs(session, round) },
      settle: (player, round) => acting.settleEnded(player, round),
    });
  const placing = new Placing({ ...options, endings });
  const act = async (request: ActRequest) => {
    const acted = await acting.act(request);
    if (!("refused" in acted) && acted.round.state !== "open") endings?.forget(acted.round.id);
    return acted;
  };
  return {
    place: (request) => placing.place(request),
    act,
    get: (player, id) => history.get(player, id),
    list: (player, request) => history.list(player, request),
    proof: (player, id) => history.proof(player, id),
    finish: (player, round) => acting.finish(player, round),
    endings,
  };
}
