import type { Game } from "../../crds/generated/game.ts";
import type { Config } from "../config.ts";
import type { Client } from "../kube/client.ts";
import type { Controller, ControllerOptions } from "../kube/controller.ts";
import type { Discovery } from "../kube/discovery.ts";
import type { EventRecorder } from "../kube/events.ts";
import type { Change, Informer, InformerOptions } from "../kube/informer.ts";
import type { Logger } from "../kube/logger.ts";
import type { Kind, KubeObject } from "../kube/object.ts";
import type { GameMetrics } from "../metrics.ts";
import { BY_GAME, type GameContext, gameKeys } from "./context.ts";
import { GameDatabase } from "./game-database.ts";
import { kinds, optionalKinds } from "./kinds.ts";
import type { LivePod } from "./live.ts";
import { ObservedPlayWriter } from "./observed-play.ts";
import { PlatformDatabase } from "./platform-database.ts";
import { ProofProcess } from "./proof-process.ts";
import { reconcileGame } from "./reconcile.ts";
import { GAME_LABEL } from "./resources/names.ts";
import { StatusWriter } from "./status-writer.ts";

/** What the operator's machinery offers to a controller of any kind. */
export interface Machinery {
  readonly client: Client;
  readonly events: EventRecorder;
  readonly discovery: Discovery;
  readonly logger: Logger;
  informer<T extends KubeObject>(
    options: Pick<
      InformerOptions<T>,
      "kind" | "labels" | "indexes" | "metadataOnly" | "optional" | "resync" | "transform"
    >,
  ): Informer<T>;
  controller(
    options: Pick<ControllerOptions, "name" | "reconcile" | "concurrency" | "timeoutMs">,
  ): Controller;
}

const CHILDREN: readonly Kind[] = [
  kinds.configMap,
  kinds.secret,
  kinds.deployment,
  kinds.service,
  kinds.autoscaler,
  kinds.disruptionBudget,
  kinds.networkPolicy,
  kinds.serviceMonitor,
  kinds.prometheusRule,
  kinds.route,
  kinds.ingress,
];

const OURS = { "app.kubernetes.io/managed-by": "pitboss", "app.kubernetes.io/part-of": "pitboss" };

const CONCURRENCY = 8;

/** Everything that looks after Games: to be started by the leader, and stopped. */
export interface GameController {
  readonly platformDatabase: PlatformDatabase;
  /** The database first, so that the first look at a Game knows it. */
  lead(): Promise<void>;
  stop(): Promise<void>;
}

/** Wires the Game controller: what it watches, and what each change makes it look at. */
export function gameController(
  machinery: Machinery,
  { env, platform }: Config,
  metrics: GameMetrics,
): GameController {
  const { client, discovery, events, logger } = machinery;
  const games = machinery.informer<Game>({
    kind: kinds.game,
    indexes: { name: ({ metadata }) => [metadata.name], uid: ({ metadata }) => [metadata.uid] },
    resync: true,
  });
  const byGame = { [BY_GAME]: (object: KubeObject) => gameKeys(object, GAME_LABEL) };
  const ours = { labels: OURS, indexes: byGame };
  const caches = new Map(
    CHILDREN.map((kind) => [
      kind,
      machinery.informer({ kind, ...ours, optional: optionalKinds.includes(kind) }),
    ]),
  );
  const replicaSets = machinery.informer({ kind: kinds.replicaSet, ...ours, metadataOnly: true });
  const pods = machinery.informer<LivePod>({ kind: kinds.pod, ...ours, transform: podShrunk });

  const enqueueAll = () => {
    for (const { metadata } of games.list()) {
      controller.enqueue(`${metadata.namespace}/${metadata.name}`, { low: true });
    }
  };
  const platformDatabase = new PlatformDatabase({
    ...{ client, logger },
    namespace: env.PITBOSS_NAMESPACE,
    secretName: env.PITBOSS_DATABASE_SECRET,
    keySecretName: env.PITBOSS_PLATFORM_KEY_SECRET,
    limits: { platform: env.PITBOSS_PLATFORM_ID, connections: env.PITBOSS_DATABASE_CONNECTIONS },
    onChange: enqueueAll,
  });
  const databases = new GameDatabase({
    platform: platformDatabase,
    gameConnections: platform.gameConnections,
    ownerLives: ({ uid }) => games.byIndex("uid", uid).length > 0,
  });
  const prover = new ProofProcess();
  const statuses = new StatusWriter(client, games);
  const context: GameContext = {
    ...{
      statuses,
      client,
      discovery,
      events,
      metrics,
      platform,
      prover,
      platformDatabase,
      databases,
    },
    ...{ games, replicaSets, pods, logger },
    cacheOf: (kind) => cacheFor(caches, kind),
    now: () => new Date(),
    enqueueNamesakes: (name, except) => {
      for (const { metadata } of games.byIndex("name", name)) {
        // A Game must never call for itself: it would be looked at for ever.
        if (metadata.namespace === except) continue;
        controller.enqueue(`${metadata.namespace}/${metadata.name}`);
      }
    },
  };
  const controller = machinery.controller({
    name: "game",
    reconcile: (key) => reconcileGame(context, key),
    concurrency: CONCURRENCY,
  });
  const observedPlay = new ObservedPlayWriter({ statuses, games, platformDatabase, logger });

  games.onChange((change) => {
    if (matters(change)) controller.enqueue(change.key, { low: change.low });
  });
  for (const cache of [...caches.values(), replicaSets, pods]) {
    controller.watches(cache as Informer, (object) => gameKeys(object, GAME_LABEL));
  }
  discovery.onChange(enqueueAll);

  return {
    platformDatabase,
    async lead() {
      await platformDatabase.start();
      observedPlay.start();
    },
    async stop() {
      await observedPlay.stop();
      await prover.close();
      await platformDatabase.stop();
    },
  };
}

function cacheFor(caches: ReadonlyMap<Kind, Informer>, kind: Kind): Informer {
  const cache = caches.get(kind);
  if (!cache) throw new Error(`no cache of ${kind.kind}`);
  return cache;
}

/** Is this more than a status, which is our own word? */
export function matters({ before, after }: Change<Game>): boolean {
  if (!before || !after || before === after) return true;
  const shown = ({ metadata }: Game) =>
    JSON.stringify([
      metadata.uid,
      metadata.generation,
      metadata.deletionTimestamp,
      metadata.finalizers,
      metadata.annotations,
    ]);
  return shown(before) !== shown(after);
}

// A pod is some ten kilobytes; the checks read one of them.
function podShrunk({ apiVersion, kind, metadata, status }: LivePod): LivePod {
  const { phase, conditions, containerStatuses } = status ?? {};
  return {
    ...{ apiVersion, kind, metadata },
    status: {
      ...(phase ? { phase } : {}),
      ...(conditions ? { conditions } : {}),
      ...(containerStatuses ? { containerStatuses } : {}),
    },
  };
}
