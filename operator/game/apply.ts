import type { Game } from "../../crds/generated/game.ts";
import { failedWith } from "../kube/api-error.ts";
import { needsApply, withDesiredHash } from "../kube/apply-diff.ts";
import type { Client } from "../kube/client.ts";
import type { Discovery } from "../kube/discovery.ts";
import type { Informer } from "../kube/informer.ts";
import type { Kind, KubeObject } from "../kube/object.ts";
import { controllerOf, isControlledBy } from "../kube/owner.ts";
import type { Plan } from "./children.ts";
import { withReplicas } from "./hand-over.ts";
import { kinds, optionalKinds } from "./kinds.ts";
import type { ChildFault } from "./observe.ts";
import type { Child } from "./resources/child.ts";

export interface ApplyContext {
  readonly client: Client;
  readonly discovery: Discovery;
  /** The caches of the children. */
  readonly cacheOf: (kind: Kind) => Informer;
}

/** Brings the children in line, in order, and says which could not be. Writes only what differs. */
export async function applyChildren(
  context: ApplyContext,
  game: Game,
  plans: readonly Plan[],
): Promise<ChildFault[]> {
  const faults: ChildFault[] = [];
  for (const plan of plans) {
    const fault = await settle(context, game, plan);
    if (!fault) continue;
    faults.push(fault);
    if (plan.gates) break;
  }
  return faults;
}

async function settle(
  context: ApplyContext,
  game: Game,
  plan: Plan,
): Promise<ChildFault | undefined> {
  const { kind } = plan;
  if (optionalKinds.includes(kind) && !context.discovery.served(kind)) return undefined;
  try {
    return plan.desired
      ? await settleDesired(context, game, kind, plan.desired)
      : await settleUnwanted(context, game, plan);
  } catch (error) {
    if (failedWith(error, "notFound") && error.kindMissing && optionalKinds.includes(kind)) {
      await context.discovery.recheck(kind);
      return undefined;
    }
    if (!failedWith(error, "forbidden", "invalid")) throw error;
    const what = `${kind.kind} ${plan.name}`;
    const message = `the API server refuses ${what}: ${error.status?.message ?? error.message}`;
    return { kind: kind.kind, reason: "ApplyRefused", message };
  }
}

async function settleDesired(
  { client, cacheOf }: ApplyContext,
  game: Game,
  kind: Kind,
  bare: Child,
): Promise<ChildFault | undefined> {
  const { name } = bare.metadata;
  const namespace = game.metadata.namespace;
  // The cache holds what carries our label; anything else of that name only a live read shows.
  const live =
    cacheOf(kind).get(`${namespace}/${name}`) ?? (await client.find(kind, { namespace, name }));
  const fault = live && whose(game, kind, live);
  if (fault) return fault;
  const desired = withDesiredHash(bare);
  if (!needsApply(desired, live)) return undefined;
  const wanted =
    kind === kinds.deployment ? await withReplicas(client, game, desired, live) : desired;
  const uid = live?.metadata.uid;
  await client.apply(kind, uid ? { ...wanted, metadata: { ...wanted.metadata, uid } } : wanted);
  return undefined;
}

async function settleUnwanted(
  { client, cacheOf }: ApplyContext,
  game: Game,
  { kind, name }: Plan,
): Promise<undefined> {
  const live = cacheOf(kind).get(`${game.metadata.namespace}/${name}`);
  if (live && isControlledBy(live, game) && !live.metadata.deletionTimestamp) {
    await client.delete(kind, live);
  }
}

// One that belongs to an earlier Game of this name is on its way out with it: that passes.
function whose(game: Game, kind: Kind, live: KubeObject): ChildFault | undefined {
  const { name, namespace, deletionTimestamp } = live.metadata;
  const what = `${kind.kind} ${name}`;
  const owner = controllerOf(live);
  const ours = isControlledBy(live, game);
  const earlier = owner?.kind === game.kind && owner.name === game.metadata.name;
  if (deletionTimestamp || (earlier && !ours)) {
    const message = `waits until ${what} of an earlier Game is gone`;
    return { kind: kind.kind, reason: "ChildTerminating", message };
  }
  if (ours) return undefined;
  const belongs = owner ? `belongs to ${owner.kind} ${owner.name}` : "does not belong to this Game";
  const resource = `${kind.plural}.${kind.apiVersion.split("/")[0]}`.replace(/\.v1$/, "");
  const message = `${what} exists and ${belongs}. Delete it (kubectl delete -n ${namespace} ${resource} ${name}), or create this Game under another name`;
  return { kind: kind.kind, reason: "ChildNotOurs", message };
}
