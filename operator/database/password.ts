import { schemaOf } from "./names.ts";
import { setPassword } from "./role.ts";
import { inLockedSession, inTransaction } from "./session.ts";
import type { Database, Result } from "./types.ts";

/**
 * Gives a game's role another password at once. Sessions that are open stay; pods read their Secret again when a new
 * one is refused. `provisionGame` with another password does the same in its turn.
 */
export function rotatePassword(
  db: Database,
  game: string,
  password: string,
): Promise<Result<null>> {
  const doing = `giving the role of ${game} another password`;
  return inLockedSession(db, doing, `schema ${schemaOf(game)}`, async (client) => {
    await inTransaction(client, () => setPassword(db, client, game, password));
    return { ok: null };
  });
}
