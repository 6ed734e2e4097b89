/** One Game, brought in line: observe → desire → apply → report. */
import type { Game } from "../../crds/generated/game.ts";
import { isControlledBy } from "../kube/owner.ts";
import { done, type Result, requeueAfter } from "../kube/result.ts";
import { applyChildren, type ChildFault } from "../platform/apply.ts";
import { BY_GAME } from "../platform/informers.ts";
import { kinds } from "../platform/kinds.ts";
import { PAUSED_ANNOTATION } from "../platform/names.ts";
import { readSecret } from "../platform/secrets.ts";
import { planChildren } from "./children.ts";
import { unusedConfigMaps } from "./config-maps.ts";
import type { GameContext } from "./context.ts";
import { chainAccess, chainKey, entropySource } from "./entropy.ts";
import type { DatabaseStep } from "./game-database.ts";
import { type NamedJackpot, namedJackpots, withoutUnbound } from "./jackpots.ts";
import type { LiveDeployment, LiveIngress, LiveRoute } from "./live.ts";
import { type Judgement, judge, provenMessage } from "./math.ts";
import type { Observed, Way } from "./observe.ts";
import type { Reason } from "./reasons.ts";
import { forgetGame, removeGame } from "./remove.ts";
import { report } from "./report.ts";
import { FINALIZER, REVISION_LABEL, secretName } from "./resources/names.ts";
import { noteOf } from "./return-breach.ts";
import { pausedStatus, statusOf } from "./status.ts";

/** Reconciles the Game of this key, whatever has changed. */
export async function reconcileGame(context: GameContext, key: string): Promise<Result> {
  const game = context.games.get(key);
  if (!game) {
    forgetGame(context, key);
    return done;
  }
  if (game.metadata.deletionTimestamp) return removeGame(context, game);
  if (game.metadata.annotations?.[PAUSED_ANNOTATION] === "true") {
    await report(context, game, pausedStatus(game, context.now()));
    return done;
  }
  const judgement = await judge(context.prover, game);
  const named = namedJackpots(game, context.jackpots);
  const step = await storeIn(context, game, judgement, named);
  if (step.closed) tellAcknowledged(context, game, step.closed);
  const faults = await applyAll(context, game, step);
  const jackpots = withoutUnbound(named, step.unbound);
  const observed = observe(context, game, { judgement, step, faults, jackpots });
  const status = statusOf(observed, context.platform.url, context.now());
  await report(context, game, status);
  const available = status.conditions?.some(
    ({ type, status }) => type === "RuntimeAvailable" && status === "True",
  );
  return whenNext(observed, await tidy(context, observed, available === true));
}

function tellAcknowledged({ events }: GameContext, game: Game, closed: number): void {
  const breaches = closed === 1 ? "1 breach" : `${closed} breaches`;
  const reason: Reason = "ReturnAcknowledged";
  const note = `${breaches} of the return acknowledged: ${noteOf(game)}`;
  events.record(game, { type: "Normal", reason, action: "Acknowledge", note });
}

async function storeIn(
  { client, cacheOf, databases }: GameContext,
  game: Game,
  judgement: Judgement,
  jackpots: readonly NamedJackpot[],
): Promise<DatabaseStep> {
  const { namespace } = game.metadata;
  const name = secretName(game);
  const secret =
    cacheOf(kinds.secret).get(`${namespace}/${name}`) ??
    (databases.knows(game) ? undefined : await client.find(kinds.secret, { namespace, name }));
  const ours = secret && isControlledBy(secret, game) ? secret : undefined;
  return databases.step({
    game,
    judgement,
    jackpots,
    password: readSecret(ours, "password"),
    guard: async () => {
      if (game.metadata.finalizers?.includes(FINALIZER)) return;
      await client.addFinalizer(kinds.game, game, FINALIZER);
    },
  });
}

async function applyAll(
  context: GameContext,
  game: Game,
  { accepted, credentials }: DatabaseStep,
): Promise<ChildFault[]> {
  if (!accepted || !credentials) return [];
  const chain = await chainAccess(context, game);
  const facts = { serving: accepted.serving, credentials, chain };
  return applyChildren(context, game, planChildren(game, context.platform, facts));
}

interface Done {
  readonly judgement: Judgement;
  readonly step: DatabaseStep;
  readonly faults: readonly ChildFault[];
  readonly jackpots: readonly NamedJackpot[];
}

function observe(context: GameContext, game: Game, done: Done): Observed {
  const { judgement, step, faults, jackpots } = done;
  const { cacheOf, discovery, pods } = context;
  const { namespace, name } = game.metadata;
  const deployment = cacheOf(kinds.deployment).get(`${namespace}/${name}`);
  const watching = [kinds.serviceMonitor, kinds.prometheusRule];
  return {
    game,
    verdict: "candidate" in judgement ? { proven: provenMessage(judgement.candidate) } : judgement,
    database: step.database,
    serving: step.accepted?.serving,
    jackpots,
    entropy: entropySource(chainKey(game, context.platform), (chain) => context.chains.get(chain)),
    breaches: step.breaches,
    state: step.accepted?.state,
    faults,
    deployment:
      deployment && isControlledBy(deployment, game) ? (deployment as LiveDeployment) : undefined,
    pods: pods.byIndex(BY_GAME, `${namespace}/${name}`),
    way: wayOf(context, game),
    missingKinds: watching.filter((kind) => !discovery.served(kind)).map(({ kind }) => kind),
  };
}

function wayOf({ platform, cacheOf, discovery }: GameContext, { metadata }: Game): Way {
  const key = `${metadata.namespace}/${metadata.name}`;
  if (platform.gateway) {
    const served = discovery.served(kinds.route);
    const live = cacheOf(kinds.route).get(key) as LiveRoute | undefined;
    return { kind: "HTTPRoute", served, live };
  }
  if (!platform.ingress) return { kind: "none" };
  return { kind: "Ingress", live: cacheOf(kinds.ingress).get(key) as LiveIngress | undefined };
}

/**
 * What a finished rollout leaves behind: revisions that no pod plays any more, and configurations
 * that neither a ReplicaSet nor an open round needs. Answers whether some wait for open rounds.
 */
async function tidy(
  context: GameContext,
  observed: Observed,
  available: boolean,
): Promise<boolean> {
  const { client, cacheOf, replicaSets, databases } = context;
  const { game, serving, pods, faults } = observed;
  if (!serving || faults.length > 0) return false;
  const key = `${game.metadata.namespace}/${game.metadata.name}`;
  const played = pods.map(({ metadata }) => metadata.labels?.[REVISION_LABEL]);
  if (available && played.every((revision) => revision === serving.revision)) {
    await databases.retireOthers(game, serving.revision);
  }
  const configMaps = cacheOf(kinds.configMap)
    .byIndex(BY_GAME, key)
    .filter((configMap) => isControlledBy(configMap, game));
  const unused = unusedConfigMaps(configMaps, replicaSets.byIndex(BY_GAME, key), serving.revision);
  if (unused.length === 0) return false;
  const open: readonly (string | undefined)[] | undefined = await databases.openRevisions(game);
  if (!open) return true;
  const deletable = unused.filter(
    ({ metadata }) => !open.includes(metadata.labels?.[REVISION_LABEL]),
  );
  for (const configMap of deletable) await client.delete(kinds.configMap, configMap);
  return deletable.length < unused.length;
}

function whenNext({ faults, database, jackpots }: Observed, waiting: boolean): Result {
  if (faults.some(({ reason }) => reason === "ChildTerminating")) return requeueAfter(1_000);
  // An object that is not ours has no watch, and another Game's claim none either.
  if (faults.length > 0 || (database && "failed" in database)) return requeueAfter(15_000);
  if (jackpots.some(({ state }) => state === "notReady")) return requeueAfter(15_000);
  return waiting ? requeueAfter(60_000) : done;
}
