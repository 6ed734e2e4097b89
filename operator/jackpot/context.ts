import type { Game } from "../../crds/generated/game.ts";
import type { Jackpot, JackpotStatus } from "../../crds/generated/jackpot.ts";
import type { Platform } from "../config.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { Informer } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import type { ApplyContext } from "../platform/apply.ts";
import type { StatusWriter } from "../platform/status-writer.ts";
import type { JackpotDatabase } from "./jackpot-database.ts";
import type { JackpotMetrics } from "./metrics.ts";
import type { Observed } from "./observe.ts";

/** Everything that reconciling a Jackpot depends on. */
export interface JackpotContext extends ApplyContext {
  readonly platform: Platform;
  readonly databases: JackpotDatabase;
  readonly statuses: StatusWriter<JackpotStatus>;
  readonly jackpots: Informer<Jackpot>;
  readonly games: Informer<Game>;
  readonly events: Pick<EventRecorder, "record">;
  readonly metrics: JackpotMetrics;
  readonly logger: Logger;
  readonly now: () => Date;
  /** What was observed last of each Jackpot; only its figures change without it being looked at. */
  readonly observed: Map<string, Omit<Observed, "figures">>;
}
