import type { Compiled } from "../../games/play.ts";
import type { OpenGame } from "../types.ts";

/** What the routes of a game ask. */
export interface GameService {
  /** Name of the game, which its paths begin with. */
  readonly game: string;
  readonly compiled: Compiled;
  readonly rounds: OpenGame["rounds"];
  readonly pairs: OpenGame["pairs"];
  readonly catalogue: OpenGame["catalogue"];
  readonly returns: OpenGame["returns"];
}
