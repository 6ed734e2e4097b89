import type { Game } from "../../crds/generated/game.ts";
import type { Prover } from "../../games/prove.ts";
import type { Platform } from "../config.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { Informer } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import type { KubeObject } from "../kube/object.ts";
import type { GameMetrics } from "../metrics.ts";
import type { ApplyContext } from "./apply.ts";
import type { GameDatabase } from "./game-database.ts";
import type { LivePod } from "./live.ts";
import type { PlatformDatabase } from "./platform-database.ts";
import type { StatusWriter } from "./status-writer.ts";

/** Everything that reconciling a Game depends on. */
export interface GameContext extends ApplyContext {
  readonly platform: Platform;
  readonly prover: Pick<Prover, "prove">;
  readonly platformDatabase: PlatformDatabase;
  readonly databases: GameDatabase;
  readonly statuses: StatusWriter;
  readonly games: Informer<Game>;
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

/** The caches of children and pods are looked up by the Game that they are of. */
export const BY_GAME = "game";

/** `namespace/name` of the Game that an object of ours says it is of. */
export function gameKeys(object: KubeObject, label: string): string[] {
  const { namespace, labels } = object.metadata;
  const game = labels?.[label];
  return game && namespace ? [`${namespace}/${game}`] : [];
}
