import type { ChainStatus } from "../../crds/generated/chain.ts";
import type { Config } from "../config.ts";
import type { Informer } from "../kube/informer.ts";
import type { Kind, KubeObject } from "../kube/object.ts";
import { kinds, optionalKinds } from "../platform/kinds.ts";
import {
  cacheFor,
  type KindController,
  labelledKeys,
  type Machinery,
  matters,
} from "../platform/machinery.ts";
import { StatusWriter } from "../platform/status-writer.ts";
import { AgentReports } from "./agent-reports.ts";
import { ChainDatabase } from "./chain-database.ts";
import type { ChainContext } from "./context.ts";
import { BY_CHAIN, type LivePod, podShrunk } from "./live.ts";
import type { ChainMetrics } from "./metrics.ts";
import { reconcileChain } from "./reconcile.ts";
import { LOBBY_NAME } from "./resources/agent.ts";
import { CHAIN_LABEL, OF_CHAINS } from "./resources/names.ts";

const CHILDREN: readonly Kind[] = [
  kinds.secret,
  kinds.networkPolicy,
  kinds.service,
  kinds.statefulSet,
  kinds.daemonSet,
  kinds.serviceMonitor,
];

/** Whom the lobby is to the agents, and the Secret in which it finds its certificate. */
const LOBBY = { secretName: "lobby-chain", name: LOBBY_NAME } as const;

/** Wires the Chain controller: what it watches, and what each change makes it look at. */
export function chainController(
  machinery: Machinery,
  { platform }: Config,
  metrics: ChainMetrics,
): KindController {
  const { client, discovery, events, logger, platformDatabase, authority } = machinery;
  const { chains, prometheusRules } = machinery.shared;
  const byChain = { [BY_CHAIN]: (object: KubeObject) => labelledKeys(object, CHAIN_LABEL) };
  const ours = { labels: OF_CHAINS, indexes: byChain };
  const caches = new Map<Kind, Informer>([
    ...CHILDREN.map((kind) => {
      const optional = optionalKinds.includes(kind);
      return [kind, machinery.informer({ kind, ...ours, optional })] as const;
    }),
    [kinds.prometheusRule, prometheusRules],
  ]);
  const pods = machinery.informer<LivePod>({ kind: kinds.pod, ...ours, transform: podShrunk });
  const enqueueAll = () => {
    for (const { metadata } of chains.list()) {
      controller.enqueue(`${metadata.namespace}/${metadata.name}`, { low: true });
    }
  };
  const reports = new AgentReports({
    ...{ chains, pods, logger, podPortsAnnotation: platform.podPortsAnnotation },
    onNews: (key) => controller.enqueue(key, { low: true }),
  });
  const context: ChainContext = {
    ...{ client, discovery, events, metrics, platform, platformDatabase, authority, logger },
    ...{ chains, pods },
    databases: new ChainDatabase(platformDatabase),
    statuses: new StatusWriter<ChainStatus>(client, kinds.chain, chains),
    reports: (key) => reports.of(key),
    figuresDue: (key) => reports.figuresDue(key),
    cacheOf: (kind) => cacheFor(caches, kind),
    letLobbyIn: once(() => authority.keepClient(LOBBY.secretName, LOBBY)),
    now: () => new Date(),
  };
  const controller = machinery.controller({
    name: "chain",
    reconcile: (key) => reconcileChain(context, key),
  });
  chains.onChange((change) => {
    if (matters(change)) controller.enqueue(change.key, { low: change.low });
  });
  for (const cache of [...caches.values(), pods]) {
    controller.watches(cache as Informer, (object) => labelledKeys(object, CHAIN_LABEL));
  }
  discovery.onChange(enqueueAll);
  platformDatabase.onChange(enqueueAll);

  return {
    // Asked before the first look at a Chain, which would else seem to have no agent that answers.
    async lead() {
      await reports.ask();
      reports.start();
    },
    stop: () => reports.stop(),
  };
}

/** Does the work until it has succeeded once. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
