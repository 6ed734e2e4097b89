import type { Database } from "../../runtime/database.ts";
import type { Catalogue } from "../catalogue.ts";

/** What the lobby's routes ask. */
export interface LobbyService {
  readonly database: Database;
  readonly catalogue: Pick<Catalogue, "items">;
}
