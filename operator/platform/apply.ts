import { failedWith } from "../kube/api-error.ts";
import { needsApply, withDesiredHash } from "../kube/apply-diff.ts";
import type { Client } from "../kube/client.ts";
import type { Discovery } from "../kube/discovery.ts";
import type { Informer } from "../kube/informer.ts";
import type { Kind, KubeObject } from "../kube/object.ts";
import { controllerOf, isControlledBy } from "../kube/owner.ts";
import type { Child } from "./child.ts";
import type { Finding } from "./finding.ts";
import { optionalKinds } from "./kinds.ts";

/** One child: what it should be, or that there should be none of that name. */
export interface Plan {
  readonly kind: Kind;
  readonly name: string;
  readonly desired: Child | undefined;
  /** What comes after this one would act on it, so it must be right first. */
  readonly gates: boolean;
  /** The last word before it is applied, where a field may be somebody else's. */
  readonly adjust?: (
    client: Client,
    desired: Child,
    live: KubeObject | undefined,
  ) => Promise<Child>;
}

/** What kept a child from being applied. */
export interface ChildFault extends Finding {
  readonly kind: string;
}

export interface ApplyContext {
  readonly client: Client;
  readonly discovery: Discovery;
  /** The caches of the children. */
  readonly cacheOf: (kind: Kind) => Informer;
}

/** Brings the children in line, in order, and says which could not be. Writes only what differs. */
export async function applyChildren(
  context: ApplyContext,
  owner: KubeObject,
  plans: readonly Plan[],
): Promise<ChildFault[]> {
  const faults: ChildFault[] = [];
  for (const plan of plans) {
    const fault = await settle(context, owner, plan);
    if (!fault) continue;
    faults.push(fault);
    if (plan.gates) break;
  }
  return faults;
}

async function settle(
  context: ApplyContext,
  owner: KubeObject,
  plan: Plan,
): Promise<ChildFault | undefined> {
  const { kind } = plan;
  if (optionalKinds.includes(kind) && !context.discovery.served(kind)) return undefined;
  try {
    return plan.desired
      ? await settleDesired(context, owner, plan, plan.desired)
      : await settleUnwanted(context, owner, plan);
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
  owner: KubeObject,
  { kind, adjust }: Plan,
  bare: Child,
): Promise<ChildFault | undefined> {
  const { name } = bare.metadata;
  const namespace = owner.metadata.namespace;
  // The cache holds what carries our label; anything else of that name only a live read shows.
  const live =
    cacheOf(kind).get(`${namespace}/${name}`) ?? (await client.find(kind, { namespace, name }));
  const fault = live && whose(owner, kind, live);
  if (fault) return fault;
  const desired = withDesiredHash(bare);
  if (!needsApply(desired, live)) return undefined;
  const wanted = adjust ? await adjust(client, desired, live) : desired;
  const uid = live?.metadata.uid;
  await client.apply(kind, uid ? { ...wanted, metadata: { ...wanted.metadata, uid } } : wanted);
  return undefined;
}

async function settleUnwanted(
  { client, cacheOf }: ApplyContext,
  owner: KubeObject,
  { kind, name }: Plan,
): Promise<undefined> {
  const live = cacheOf(kind).get(`${owner.metadata.namespace}/${name}`);
  if (live && isControlledBy(live, owner) && !live.metadata.deletionTimestamp) {
    await client.delete(kind, live);
  }
}

// One that belongs to an earlier owner of this name is on its way out with it: that passes.
function whose(owner: KubeObject, kind: Kind, live: KubeObject): ChildFault | undefined {
  const { name, namespace, deletionTimestamp } = live.metadata;
  const what = `${kind.kind} ${name}`;
  const holder = controllerOf(live);
  const ours = isControlledBy(live, owner);
  const earlier = holder?.kind === owner.kind && holder.name === owner.metadata.name;
  if (deletionTimestamp || (earlier && !ours)) {
    const message = `waits until ${what} of an earlier ${owner.kind} is gone`;
    return { kind: kind.kind, reason: "ChildTerminating", message };
  }
  if (ours) return undefined;
  const belongs = holder
    ? `belongs to ${holder.kind} ${holder.name}`
    : `does not belong to this ${owner.kind}`;
  const resource = `${kind.plural}.${kind.apiVersion.split("/")[0]}`.replace(/\.v1$/, "");
  const message = `${what} exists and ${belongs}. Delete it (kubectl delete -n ${namespace} ${resource} ${name}), or create this ${owner.kind} under another name`;
  return { kind: kind.kind, reason: "ChildNotOurs", message };
}
