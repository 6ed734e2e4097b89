/**
 * The conditions of a Game. Each is an ordered list of pure checks over one observed state: the first
 * that finds something says why the condition is not True. A message is what a person does next.
 */
import type { ChildFault } from "../platform/apply.ts";
import type { ConditionRule } from "../platform/claims.ts";
import { blockedBy, type Found as KindFound } from "../platform/finding.ts";
import { entropyChecks, entropyFlows } from "./entropy-checks.ts";
import { allBound, jackpotChecks } from "./jackpot-checks.ts";
import type { Observed } from "./observe.ts";
import { podChecks } from "./pod-checks.ts";
import type { Reason } from "./reasons.ts";
import { REVISION_LABEL } from "./resources/names.ts";
import { paysAsProven, returnChecks } from "./return-breach.ts";
import { routeChecks } from "./route-checks.ts";

export type Found = KindFound<Reason>;

export type Check = (state: Observed) => Found | undefined;

/** In the order in which a Game is made: Ready's reason is that of the first condition that is not True. */
export const conditionRules = {
  MathVerified: {
    checks: [mathRefused],
    well: ({ verdict }) => ({
      reason: "Proven",
      message: "proven" in verdict ? verdict.proven : "",
    }),
  },
  DatabaseReady: {
    checks: [
      databaseNotReached, // nothing was ever accepted, so there is nothing to store
      databaseFailed,
    ],
    well: ({ database }) => ({
      reason: "Provisioned",
      message:
        database && "schema" in database
          ? `schema ${database.schema} has its ${database.migrations.length} migrations`
          : "",
    }),
  },
  JackpotsBound: { checks: jackpotChecks, well: allBound },
  EntropyReady: { checks: entropyChecks, well: entropyFlows },
  RuntimeAvailable: {
    checks: [
      runtimeNotReached,
      childFault, // an object that pods need is not there, or not ours
      ...podChecks, // what a pod says itself is worth more than what its Deployment counts
      rolloutStuck,
      rolloutInProgress,
      nobodyReady,
    ],
    well: ({ deployment, serving }) => ({
      reason: "Available",
      message: `revision ${serving?.revision} is served by ${pods(deployment?.status?.readyReplicas)}`,
    }),
  },
  RouteReady: {
    checks: [runtimeNotReached, routeFault, ...routeChecks],
    well: ({ way }) => ({
      reason: "Accepted",
      message: way.kind === "HTTPRoute" ? "the gateway leads players here" : "players get here",
    }),
  },
  ReturnAsProven: { checks: returnChecks, well: paysAsProven },
} as const satisfies Record<string, ConditionRule<Observed, Reason>>;

const pods = (count = 0): string => (count === 1 ? "1 pod" : `${count} pods`);

/** The sentence after a refusal that says what players still get. */
function keeps(refusal: string, serving: Observed["serving"]): string {
  if (!serving) return "";
  return `${refusal.endsWith(".") ? "" : "."} Revision ${serving.revision} keeps serving.`;
}

function mathRefused({ verdict, serving }: Observed): Found | undefined {
  if (!("refused" in verdict)) return undefined;
  const { reason, message } = verdict.refused;
  return { reason, message: message + keeps(message, serving) };
}

function databaseNotReached({ database }: Observed): Found | undefined {
  return database ? undefined : blockedBy("MathVerified");
}

function databaseFailed({ database, serving }: Observed): Found | undefined {
  if (!database || !("failed" in database)) return undefined;
  const { reason, message } = database.failed;
  return { reason, message: message + keeps(message, serving) };
}

function runtimeNotReached({ serving, database }: Observed): Found | undefined {
  if (serving) return undefined;
  return blockedBy(database ? "DatabaseReady" : "MathVerified");
}

const ROUTE_KINDS = ["HTTPRoute", "Ingress"];

const isRoute = ({ kind }: ChildFault): boolean => ROUTE_KINDS.includes(kind);

function childFault({ faults }: Observed): Found | undefined {
  return faults.find((fault) => !isRoute(fault));
}

function routeFault({ faults }: Observed): Found | undefined {
  return faults.find(isRoute);
}

function rolloutStuck({ deployment }: Observed): Found | undefined {
  const progressing = conditionOf(deployment, "Progressing");
  if (progressing?.reason !== "ProgressDeadlineExceeded") return undefined;
  return { reason: "RolloutStuck", message: progressing.message ?? "the rollout takes too long" };
}

function rolloutInProgress({ deployment, serving }: Observed): Found | undefined {
  const { generation } = deployment?.metadata ?? {};
  const rolledOut =
    deployment?.status?.observedGeneration === generation &&
    deployment?.spec.template?.metadata?.labels?.[REVISION_LABEL] === serving?.revision &&
    // It stays so while pods are merely added or taken away.
    conditionOf(deployment, "Progressing")?.reason === "NewReplicaSetAvailable";
  if (rolledOut) return undefined;
  const updated = deployment?.status?.updatedReplicas ?? 0;
  const wanted = deployment?.spec.replicas ?? 0;
  const message = `waits until ${pods(wanted)} of revision ${serving?.revision} can serve; ${updated} started`;
  return { reason: "RolloutInProgress", message };
}

function nobodyReady({ deployment, game }: Observed): Found | undefined {
  if ((deployment?.status?.availableReplicas ?? 0) > 0) return undefined;
  const { name, namespace } = game.metadata;
  const message = `none of ${pods(deployment?.spec.replicas)} is ready: kubectl logs -n ${namespace} deployment/${name}`;
  return { reason: "PodsNotReady", message };
}

function conditionOf(deployment: Observed["deployment"], type: string) {
  return deployment?.status?.conditions?.find((condition) => condition.type === type);
}
