/** One Chain, brought in line: observe → desire → apply → report. */
import { randomBytes } from "node:crypto";
import { type ChainTerms, chainTerms } from "../../crds/chain-terms.ts";
import type { Chain } from "../../crds/generated/chain.ts";
import { failedWith } from "../kube/api-error.ts";
import type { KubeObject } from "../kube/object.ts";
import { isControlledBy } from "../kube/owner.ts";
import { done, type Result, requeueAfter } from "../kube/result.ts";
import { applyChildren, type ChildFault } from "../platform/apply.ts";
import type { KeyPair } from "../platform/certificates.ts";
import { kinds } from "../platform/kinds.ts";
import { PAUSED_ANNOTATION } from "../platform/names.ts";
import { readSecret } from "../platform/secrets.ts";
import { violationOf } from "./acknowledge.ts";
import type { DatabaseStep } from "./chain-database.ts";
import { planChildren } from "./children.ts";
import type { ChainContext } from "./context.ts";
import { BY_CHAIN, type LiveDaemonSet } from "./live.ts";
import { findViolation } from "./node-facts.ts";
import type { Observed } from "./observe.ts";
import { forgetChain, removeChain } from "./remove.ts";
import { report } from "./report.ts";
import type { ChainFacts } from "./resources/facts.ts";
import { childName, FINALIZER, jwtSecretName, serverName } from "./resources/names.ts";
import { JWT_KEY, TLS_KEYS } from "./resources/secret.ts";
import { pausedStatus, statusOf } from "./status.ts";

const RETRY_MS = 15_000;
/** A certificate is looked at again, however quiet the Chain is. */
const DAY_MS = 24 * 3_600_000;

/** Reconciles the Chain of this key, whatever has changed. */
export async function reconcileChain(context: ChainContext, key: string): Promise<Result> {
  const chain = context.chains.get(key);
  if (!chain) {
    forgetChain(context, key);
    return done;
  }
  if (chain.metadata.deletionTimestamp) return removeChain(context, chain);
  if (chain.metadata.annotations?.[PAUSED_ANNOTATION] === "true") {
    await report(context, chain, pausedStatus(chain, context.now()));
    return done;
  }
  const read = chainTerms(chain.spec);
  const step = "terms" in read ? await storeIn(context, chain, read.terms) : undefined;
  const faults = "terms" in read && step ? await applyAll(context, chain, read.terms, step) : [];
  const broken = findViolation(context.reports(key)) !== undefined;
  const violation =
    "terms" in read && broken ? await violationOf(context, chain, read.terms) : undefined;
  const observed = observe(context, chain, { read, step, faults, violation });
  const status = statusOf(observed, context.figuresDue(key), context.now());
  await report(context, chain, status);
  if (faults.some(({ reason }) => reason === "ChildTerminating")) return requeueAfter(1_000);
  // An object that is not ours has no watch.
  const failed = observed.database && "failed" in observed.database;
  return requeueAfter(faults.length > 0 || failed ? RETRY_MS : DAY_MS);
}

function storeIn(
  { client, databases }: ChainContext,
  chain: Chain,
  terms: ChainTerms,
): Promise<DatabaseStep> {
  return databases.step(chain, terms, async () => {
    if (chain.metadata.finalizers?.includes(FINALIZER)) return;
    await client.addFinalizer(kinds.chain, chain, FINALIZER);
  });
}

async function applyAll(
  context: ChainContext,
  chain: Chain,
  terms: ChainTerms,
  { credentials }: DatabaseStep,
): Promise<ChildFault[]> {
  if (!credentials) return [];
  const secretOf = (name: string) => ownSecret(context, chain, name);
  let facts: ChainFacts;
  try {
    await context.letLobbyIn();
    const known = await secretOf(childName(chain, "agent"));
    facts = {
      ...{ terms, credentials },
      tls: await certificate(context, chain, known),
      jwt: jwtIn(await secretOf(jwtSecretName(chain))),
    };
  } catch (error) {
    if (!failedWith(error, "forbidden", "invalid")) throw error;
    const message = `the API server refuses the chains' certificates: ${error.status?.message ?? error.message}`;
    return [{ kind: "Secret", reason: "ApplyRefused", message }];
  }
  return applyChildren(context, chain, planChildren(chain, context.platform, facts));
}

async function ownSecret(
  { client, cacheOf }: ChainContext,
  chain: Chain,
  name: string,
): Promise<KubeObject | undefined> {
  const { namespace } = chain.metadata;
  // One that lost its labels is in no cache; what it holds must not be made anew for that.
  const secret =
    cacheOf(kinds.secret).get(`${namespace}/${name}`) ??
    (await client.find(kinds.secret, { namespace, name }));
  return secret && isControlledBy(secret, chain) ? secret : undefined;
}

async function certificate(
  { authority }: ChainContext,
  { metadata }: Chain,
  secret: KubeObject | undefined,
): Promise<KeyPair & { ca: string }> {
  const [cert, key] = [readSecret(secret, TLS_KEYS.cert), readSecret(secret, TLS_KEYS.key)];
  const server = serverName(metadata);
  const subject = { name: "agent", dns: [server, `${server}.cluster.local`, "localhost"] };
  const pair = await authority.certificate(cert && key ? { cert, key } : undefined, subject);
  return { ...pair, ca: (await authority.current()).cert };
}

function jwtIn(secret: KubeObject | undefined): string {
  const known = readSecret(secret, JWT_KEY);
  return known && /^[0-9a-f]{64}$/.test(known) ? known : randomBytes(32).toString("hex");
}

interface Done {
  readonly read: ReturnType<typeof chainTerms>;
  readonly step: DatabaseStep | undefined;
  readonly faults: readonly ChildFault[];
  readonly violation: string | undefined;
}

function observe(context: ChainContext, chain: Chain, done: Done): Observed {
  const { read, step, faults, violation } = done;
  const { cacheOf, discovery, pods, reports } = context;
  const key = `${chain.metadata.namespace}/${chain.metadata.name}`;
  const daemonSet = cacheOf(kinds.daemonSet).get(
    `${chain.metadata.namespace}/${childName(chain, "agent")}`,
  );
  const watching = [kinds.serviceMonitor, kinds.prometheusRule];
  return {
    chain,
    spec:
      "terms" in read
        ? read
        : { refused: read.problems.map((one) => `${one.pointer}: ${one.message}`).join("; ") },
    database: step?.database,
    faults,
    daemonSet:
      daemonSet && isControlledBy(daemonSet, chain) ? (daemonSet as LiveDaemonSet) : undefined,
    pods: pods.byIndex(BY_CHAIN, key),
    answers: reports(key),
    violation,
    missingKinds: watching.filter((kind) => !discovery.served(kind)).map(({ kind }) => kind),
  };
}
