import type { Database } from "../../runtime/database.ts";
import type { Logger } from "../../runtime/log.ts";
import type { Cashier } from "../cashier/cashier.ts";
import type { Catalogue } from "../catalogue.ts";
import type { Jackpots } from "../jackpots/jackpots.ts";
import type { Voids } from "../voids.ts";

/** What the lobby's routes ask. */
export interface LobbyService {
  readonly database: Database;
  readonly catalogue: Pick<Catalogue, "items">;
  readonly jackpots: Pick<Jackpots, "board" | "streams">;
  readonly cashier: Pick<Cashier, "ledger" | "agents">;
  readonly voids: Pick<Voids, "make" | "list">;
  readonly log: Logger;
}
