import { setPassword } from "./role.ts";
import { inSession, inTransaction } from "./session.ts";
import type { Database } from "./types.ts";

/**
 * Gives a game's role another password at once. Sessions that are open stay; pods read their Secret again when a new
 * one is refused. `provisionGame` with another password does the same in its turn.
 */
export function rotatePassword(db: Database, game: string, password: string): Promise<void> {
  return inSession(db, `giving the role of ${game} another password`, (client) =>
    inTransaction(client, () => setPassword(db, client, game, password)),
  );
}
