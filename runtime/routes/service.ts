import type { Compiled } from "../../games/play.ts";
import type { OpenGame } from "../types.ts";

type Opened = Pick<OpenGame, "rounds" | "records" | "revision" | "pairs" | "catalogue" | "returns">;

/** What the routes of a game ask. */
export interface GameService extends Opened {
  /** Name of the game, which its paths begin with. */
  readonly game: string;
  readonly compiled: Compiled;
}
