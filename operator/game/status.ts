/** What a Game says of itself: pure functions from what was observed to the status to be written. */
import type { Game, GameStatus } from "../../crds/generated/game.ts";
import { type ConditionClaim, setConditions } from "../kube/conditions.ts";
import { conditionRules, type Found } from "./checks.ts";
import type { Finding, Observed } from "./observe.ts";
import { type Reason, reasons } from "./reasons.ts";
import { gamePath, selectorLabels } from "./resources/names.ts";

// The CRD bounds it; a longer message would make the whole status be refused.
const MESSAGE_MAX = 4096;

type Claim = Omit<ConditionClaim, "observedGeneration"> & { readonly reason: Reason };

/** The status of a Game that is looked after. */
export function statusOf(observed: Observed, platformUrl: string, now: Date): GameStatus {
  const { game, serving, database, deployment } = observed;
  const steps = stepClaims(observed);
  const ready = readyClaim(observed, steps);
  const claims = [
    ready,
    ...progressClaims(ready),
    ...steps,
    claim("Paused", "False", "NotPaused"),
    claim("Deleting", "False", "NotDeleting"),
  ];
  const status = deployment?.status;
  const wanted = deployment?.spec.replicas ?? 0;
  const provisioned = database && "schema" in database ? database : game.status;
  return defined({
    observedGeneration: game.metadata.generation,
    conditions: withTimes(game, claims, now),
    state: observed.state ?? game.status?.state,
    // While the database is away it cannot be asked what serves: what was said last still holds.
    engineVersion: serving?.engineVersion ?? game.status?.engineVersion,
    revision: serving?.revision ?? game.status?.revision,
    returnToPlayer: serving?.returns ?? game.status?.returnToPlayer,
    observed: game.status?.observed, // somebody else's to say
    replicas: status?.replicas ?? 0,
    readyReplicas: status?.readyReplicas ?? 0,
    pods: `${status?.readyReplicas ?? 0}/${wanted}`,
    selector: selectorText(game),
    schema: provisioned?.schema,
    migrations: provisioned?.migrations ? [...provisioned.migrations] : undefined,
    url: platformUrl ? `${platformUrl}${gamePath(game)}` : undefined,
  });
}

/** The status of a Game that is left alone: what was said before stays, and it says so. */
export function pausedStatus(game: Game, now: Date): GameStatus {
  const message = "remove the annotation pitboss.dev/paused to go on";
  const paused = claim("Paused", "True", "PausedByAnnotation", message);
  return { ...game.status, conditions: withTimes(game, [paused], now) };
}

/** The status of a Game on its way out: how far it is, or what holds it up. */
export function deletingStatus(game: Game, { reason, message }: Finding, now: Date): GameStatus {
  const claims = [
    claim("Ready", "False", "Deleting", message),
    claim("Reconciling", "True", reason, message),
    claim("Stalled", "False", "NotStalled"),
    claim("Deleting", "True", reason, message),
  ];
  return {
    ...game.status,
    observedGeneration: game.metadata.generation,
    conditions: withTimes(game, claims, now),
  };
}

function stepClaims(observed: Observed): Claim[] {
  return Object.entries(conditionRules).map(([type, rule]) => {
    for (const check of rule.checks) {
      const found: Found | undefined = check(observed);
      if (found) {
        return claim(type, found.unknown ? "Unknown" : "False", found.reason, found.message);
      }
    }
    const { reason, message } = rule.well(observed);
    return claim(type, "True", reason, message);
  });
}

function readyClaim(observed: Observed, steps: readonly Claim[]): Claim {
  const bad = steps.find(({ status }) => status === "False");
  if (bad) return { ...bad, type: "Ready" };
  const { serving, missingKinds } = observed;
  const notes = steps
    .filter(({ status }) => status === "Unknown")
    .map(({ message }) => message)
    .concat(missingKinds.length > 0 ? [`not watched: no ${missingKinds.join(" and ")} here`] : []);
  const what = `revision ${serving?.revision} serves at ${serving?.returns.percent}`;
  return claim("Ready", "True", "Ready", [what, ...notes].join("; "));
}

// The abnormal-true conditions of kstatus: tools that know nothing of Games wait by them.
function progressClaims({ reason, message }: Claim): Claim[] {
  const { outlook } = reasons[reason];
  return [
    outlook === "progressing"
      ? claim("Reconciling", "True", reason, message)
      : claim("Reconciling", "False", "Settled"),
    outlook === "stalled"
      ? claim("Stalled", "True", reason, message)
      : claim("Stalled", "False", "NotStalled"),
  ];
}

function claim(type: string, status: Claim["status"], reason: Reason, message = ""): Claim {
  return { type, status, reason, message: message.slice(0, MESSAGE_MAX) };
}

function withTimes(game: Game, claims: readonly Claim[], now: Date) {
  const observedGeneration = game.metadata.generation;
  const stated = claims.map((one) => ({ ...one, observedGeneration }));
  return setConditions(game.status?.conditions ?? [], stated, { now });
}

function selectorText(game: Game): string {
  return Object.entries(selectorLabels(game))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

// An absent field is left out, so that a status reads back as it was written.
function defined(status: { [K in keyof GameStatus]: GameStatus[K] | undefined }): GameStatus {
  return Object.fromEntries(
    Object.entries(status).filter(([, value]) => value !== undefined),
  ) as GameStatus;
}
