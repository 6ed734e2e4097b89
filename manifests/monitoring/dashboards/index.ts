import { chains } from "./chain.ts";
import { cluster } from "./cluster.ts";
import { games } from "./games.ts";
import { jackpots } from "./jackpots.ts";
import { operator } from "./operator.ts";
import type { Dashboard } from "./panel.ts";
import { rds } from "./rds.ts";
import { services } from "./services.ts";

/** Every dashboard; `npm run generate` writes generated/<name>.json of each. */
export const dashboards: readonly Dashboard[] = [
  cluster,
  services,
  rds,
  operator,
  games,
  jackpots,
  chains,
];
