import type { Chain, ChainStatus } from "../../crds/generated/chain.ts";
import type { Platform } from "../config.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { Informer } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import type { ApplyContext } from "../platform/apply.ts";
import type { Authority } from "../platform/authority.ts";
import type { PlatformDatabase } from "../platform/platform-database.ts";
import type { StatusWriter } from "../platform/status-writer.ts";
import type { Answers } from "./agent-reports.ts";
import type { ChainDatabase } from "./chain-database.ts";
import type { LivePod } from "./live.ts";
import type { ChainMetrics } from "./metrics.ts";

/** Everything that reconciling a Chain depends on. */
export interface ChainContext extends ApplyContext {
  readonly platform: Platform;
  readonly platformDatabase: PlatformDatabase;
  readonly databases: ChainDatabase;
  readonly authority: Pick<Authority, "current" | "certificate">;
  /** Gives the lobby its certificate for the agents; without a Chain nobody needs it. */
  readonly letLobbyIn: () => Promise<void>;
  readonly statuses: StatusWriter<ChainStatus>;
  readonly chains: Informer<Chain>;
  readonly pods: Informer<LivePod>;
  /** Are the figures that change with every block to be told again? */
  readonly figuresDue: (key: string) => boolean;
  /** What the agents answered last. */
  readonly reports: (key: string) => Answers;
  readonly events: Pick<EventRecorder, "record">;
  readonly metrics: ChainMetrics;
  readonly logger: Logger;
  readonly now: () => Date;
}
