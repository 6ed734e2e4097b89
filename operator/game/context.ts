import type { Chain } from "../../crds/generated/chain.ts";
import type { Game, GameStatus } from "../../crds/generated/game.ts";
import type { Prover } from "../../games/prove.ts";
import type { Platform } from "../config.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { Informer } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import type { GameMetrics } from "../metrics.ts";
import type { ApplyContext } from "../platform/apply.ts";
import type { Authority } from "../platform/authority.ts";
import type { PlatformDatabase } from "../platform/platform-database.ts";
import type { StatusWriter } from "../platform/status-writer.ts";
import type { GameDatabase } from "./game-database.ts";
import type { JackpotSource } from "./jackpots.ts";
import type { LivePod } from "./live.ts";

/** Everything that reconciling a Game depends on. */
export interface GameContext extends ApplyContext {
  readonly platform: Platform;
  readonly prover: Pick<Prover, "prove">;
  readonly platformDatabase: PlatformDatabase;
  readonly databases: GameDatabase;
  readonly statuses: StatusWriter<GameStatus>;
  readonly games: Informer<Game>;
  readonly jackpots: JackpotSource;
  readonly chains: Pick<Informer<Chain>, "get">;
  readonly authority: Pick<Authority, "current" | "certificate">;
  /** Metadata only: which revisions can still start pods. */
  readonly replicaSets: Informer;
  readonly pods: Informer<LivePod>;
  readonly events: Pick<EventRecorder, "record">;
  readonly metrics: GameMetrics;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Look again at the Games of this name in other namespaces: it is free now. */
  readonly enqueueNamesakes: (name: string, namespace: string) => void;
}
