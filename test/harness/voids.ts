/** Rounds that are voided as the lobby voids them. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import type { OpenGame, RoundView } from "../../runtime/types.ts";
import type { TestDatabase } from "./database.ts";
import { created, type ListedGame, placeRequest } from "./game.ts";

export interface Voided {
  readonly status: string;
  readonly entry: string | null;
  readonly missing: string | null;
  readonly currency: string | null;
}

export interface VoidMore {
  readonly reason?: string;
  readonly by?: string;
  readonly reference?: string;
}

export type Administrator = ReturnType<typeof administrator>;

/** Opens the means to void rounds of one database, and to read the journal. */
export function administrator(database: TestDatabase) {
  const lobby = new pg.Pool({ connectionString: database.lobbyUrl, max: 24 });
  lobby.on("error", () => undefined);
  return {
    lobby,

    /** Voids a round, by a reference of its own where none is given. */
    async void(
      round: { readonly game: string; readonly id: string },
      { reason = "a test", by = "adam", reference = randomBytes(8).toString("hex") }: VoidMore = {},
    ): Promise<Voided> {
      const values = [round.game, round.id, reason, by, reference];
      const { rows } = await lobby.query(
        "SELECT * FROM pitboss.void_round($1, $2, $3, $4, $5)",
        values,
      );
      return rows[0];
    },

    /** The journal of a game, newest first. */
    async journal(game: string): Promise<{ [column: string]: unknown }[]> {
      return (await lobby.query("SELECT * FROM pitboss.list_voids($1, NULL, NULL, 200)", [game]))
        .rows;
    },

    close: () => lobby.end(),
  };
}

/** A flip of 1.00 by a player who had `balance`, won or lost. */
export async function flipped(
  { game, pod }: GameWithPod,
  won: boolean,
  balance = 1000,
): Promise<RoundView> {
  for (;;) {
    const player = await game.player(balance);
    const round = created(await pod.rounds.place(placeRequest(player, { side: "heads" })));
    if ((round.payout !== 0n) === won) return round;
  }
}

/** A round of mines that its player has only begun. */
export async function begun({ game, pod }: GameWithPod): Promise<RoundView> {
  const player = await game.player(1000);
  return created(await pod.rounds.place(placeRequest(player, { mines: 1 })));
}

/** A game, and a runtime of it. */
export interface GameWithPod {
  readonly game: ListedGame;
  readonly pod: OpenGame;
}
