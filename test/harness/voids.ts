/** Rounds that are voided as the lobby voids them. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import type { TestDatabase } from "./database.ts";

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
