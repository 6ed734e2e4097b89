import pg from "pg";
import { scramVerifier } from "./scram.ts";
import { inSession } from "./session.ts";
import type { Database } from "./types.ts";

export interface LobbyWish {
  readonly password: string;
  readonly connectionLimit: number;
}

/**
 * Gives the lobby's role a password and a limit. bootstrap.sql makes the role and the shared migrations grant it what
 * it may do, so this is for renewing its password.
 */
export function provisionLobby(db: Database, wish: LobbyWish): Promise<void> {
  return inSession(db, "giving the lobby's role its password", async (client) => {
    const verifier = pg.escapeLiteral(await scramVerifier(wish.password));
    await client.query(
      `ALTER ROLE pitboss_lobby LOGIN CONNECTION LIMIT ${wish.connectionLimit} PASSWORD ${verifier}`,
    );
  });
}
