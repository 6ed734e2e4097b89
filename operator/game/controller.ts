import type { Chain } from "../../crds/generated/chain.ts";
import type { GameStatus } from "../../crds/generated/game.ts";
import type { Config } from "../config.ts";
import type { JackpotDatabase } from "../jackpot/jackpot-database.ts";
import type { Informer } from "../kube/informer.ts";
import { type Kind, type KubeObject, keyOf } from "../kube/object.ts";
import type { GameMetrics } from "../metrics.ts";
import { OURS } from "../platform/child.ts";
import { BY_ENTROPY, BY_GAME, BY_JACKPOT, BY_NAME, BY_UID } from "../platform/informers.ts";
import { kinds, optionalKinds } from "../platform/kinds.ts";
import {
  cacheFor,
  type KindController,
  labelledKeys,
  type Machinery,
  matters,
} from "../platform/machinery.ts";
import { GAME_LABEL } from "../platform/names.ts";
import { StatusWriter } from "../platform/status-writer.ts";
import type { GameContext } from "./context.ts";
import { readiness } from "./entropy.ts";
import { GameDatabase } from "./game-database.ts";
import type { LivePod } from "./live.ts";
import { ObservedPlayWriter } from "./observed-play.ts";
import { ProofProcess } from "./proof-process.ts";
import { reconcileGame } from "./reconcile.ts";

const CHILDREN: readonly Kind[] = [
  kinds.configMap,
  kinds.secret,
  kinds.deployment,
  kinds.service,
  kinds.autoscaler,
  kinds.disruptionBudget,
  kinds.networkPolicy,
  kinds.serviceMonitor,
  kinds.route,
  kinds.ingress,
];

const CONCURRENCY = 8;

interface GameSources {
  readonly jackpotRows: Pick<JackpotDatabase, "figures" | "onTerms">;
  /** How often play is looked at. */
  readonly playEveryMs: number;
}

/** Wires the Game controller: what it watches, and what each change makes it look at. */
export function gameController(
  machinery: Machinery,
  { platform }: Config,
  metrics: GameMetrics,
  { jackpotRows, playEveryMs }: GameSources,
): KindController {
  const { client, discovery, events, logger, platformDatabase } = machinery;
  const { chains, games, jackpots, prometheusRules } = machinery.shared;
  const byGame = { [BY_GAME]: (object: KubeObject) => labelledKeys(object, GAME_LABEL) };
  const ours = { labels: OURS, indexes: byGame };
  const caches = new Map<Kind, Informer>([
    ...CHILDREN.map((kind) => {
      const optional = optionalKinds.includes(kind);
      return [kind, machinery.informer({ kind, ...ours, optional })] as const;
    }),
    [kinds.prometheusRule, prometheusRules],
  ]);
  const replicaSets = machinery.informer({ kind: kinds.replicaSet, ...ours, metadataOnly: true });
  const pods = machinery.informer<LivePod>({ kind: kinds.pod, ...ours, transform: podShrunk });

  const enqueueAll = () => {
    for (const { metadata } of games.list()) {
      controller.enqueue(`${metadata.namespace}/${metadata.name}`, { low: true });
    }
  };
  const databases = new GameDatabase({
    platform: platformDatabase,
    gameConnections: platform.gameConnections,
    chainNamespace: platform.chainNamespace,
    ownerLives: ({ uid }) => games.byIndex(BY_UID, uid).length > 0,
  });
  const prover = new ProofProcess();
  const statuses = new StatusWriter<GameStatus>(client, kinds.game, games);
  const context: GameContext = {
    ...{ client, discovery, events, metrics, platform, prover, statuses, logger },
    ...{ platformDatabase, databases, authority: machinery.authority },
    ...{ games, chains, replicaSets, pods },
    cacheOf: (kind) => cacheFor(caches, kind),
    jackpots: {
      object: (key) => jackpots.get(key),
      figures: (key) => jackpotRows.figures(key),
    },
    now: () => new Date(),
    enqueueNamesakes: (name, except) => {
      for (const { metadata } of games.byIndex(BY_NAME, name)) {
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
  const observedPlay = new ObservedPlayWriter({
    ...{ statuses, games, platformDatabase, metrics, logger },
    everyMs: playEveryMs,
    onBreach: (game) => {
      databases.breached(game);
      controller.enqueue(keyOf(game));
    },
  });

  games.onChange((change) => {
    if (matters(change)) controller.enqueue(change.key, { low: change.low });
  });
  const enqueueFeeding = (jackpot: string) => {
    for (const game of games.byIndex(BY_JACKPOT, jackpot)) controller.enqueue(keyOf(game));
  };
  jackpots.onChange((change) => {
    if (matters(change) && !change.low) enqueueFeeding(change.key);
  });
  jackpotRows.onTerms(enqueueFeeding);
  chains.onChange(({ before, after }) => {
    const chain = after ?? before;
    if (chain?.metadata.namespace !== platform.chainNamespace || sameReadiness(before, after))
      return;
    for (const game of games.byIndex(BY_ENTROPY, chain.metadata.name)) {
      controller.enqueue(keyOf(game));
    }
  });
  for (const cache of [...caches.values(), replicaSets, pods]) {
    controller.watches(cache as Informer, (object) => labelledKeys(object, GAME_LABEL));
  }
  discovery.onChange(enqueueAll);
  platformDatabase.onChange(enqueueAll);

  return {
    lead: () => observedPlay.start(),
    async stop() {
      await observedPlay.stop();
      await prover.close();
    },
  };
}

/** Games care for nothing else of a Chain; its heights change all the time. */
function sameReadiness(before: Chain | undefined, after: Chain | undefined): boolean {
  if (!before || !after || before.metadata.uid !== after.metadata.uid) return false;
  const [one, other] = [readiness(before), readiness(after)];
  const leaving = ({ metadata }: Chain) => metadata.deletionTimestamp;
  return (
    one?.status === other?.status &&
    one?.reason === other?.reason &&
    leaving(before) === leaving(after)
  );
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
