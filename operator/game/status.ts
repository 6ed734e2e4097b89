/** What a Game says of itself: pure functions from what was observed to the status to be written. */
import type { Game, GameStatus } from "../../crds/generated/game.ts";
import {
  claim,
  defined,
  deletingConditions,
  judgeAll,
  type Claim as KindClaim,
  pausedConditions,
  progressClaims,
  withTimes,
} from "../platform/claims.ts";
import { conditionRules } from "./checks.ts";
import { jackpotReturns } from "./jackpots.ts";
import type { Finding, Observed } from "./observe.ts";
import { type Reason, reasons } from "./reasons.ts";
import { gamePath, selectorLabels } from "./resources/names.ts";
import { onlyAlerts } from "./return-breach.ts";

type Claim = KindClaim<Reason>;

/** The status of a Game that is looked after. */
export function statusOf(observed: Observed, platformUrl: string, now: Date): GameStatus {
  const { game, serving, database, deployment } = observed;
  const steps = judgeAll<Observed, Reason>(conditionRules, observed);
  const ready = readyClaim(observed, steps);
  const claims = [
    ready,
    ...progressClaims(ready, reasons[ready.reason].outlook),
    ...steps,
    claim("Paused", "False", "NotPaused"),
    claim("Deleting", "False", "NotDeleting"),
  ];
  const status = deployment?.status;
  const wanted = deployment?.spec.replicas ?? 0;
  const provisioned = database && "schema" in database ? database : game.status;
  return defined<GameStatus>({
    observedGeneration: game.metadata.generation,
    conditions: withTimes(game, claims, now),
    state: observed.state ?? game.status?.state,
    // While the database is away it cannot be asked what serves: what was said last still holds.
    engineVersion: serving?.engineVersion ?? game.status?.engineVersion,
    revision: serving?.revision ?? game.status?.revision,
    returnToPlayer: returnOf(observed),
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
  return { ...game.status, conditions: pausedConditions(game, now) };
}

/** The status of a Game on its way out: how far it is, or what holds it up. */
export function deletingStatus(game: Game, finding: Finding, now: Date): GameStatus {
  return {
    ...game.status,
    observedGeneration: game.metadata.generation,
    conditions: deletingConditions(game, finding, now),
  };
}

// The base return, and what the Jackpots add, apart. What was said last holds while nobody can be asked.
function returnOf({ game, serving, jackpots, database }: Observed): GameStatus["returnToPlayer"] {
  const before = game.status?.returnToPlayer;
  if (!serving) return before;
  const away = database !== undefined && "failed" in database;
  const onTop = away ? (before?.jackpots ?? []) : jackpotReturns(serving.returns, jackpots);
  return onTop.length > 0 ? { ...serving.returns, jackpots: onTop } : serving.returns;
}

function readyClaim(observed: Observed, steps: readonly Claim[]): Claim {
  const { game, serving, missingKinds } = observed;
  const told = (type: string) => type === "ReturnAsProven" && onlyAlerts(game);
  const bad = steps.find(({ type, status }) => status === "False" && !told(type));
  if (bad) return { ...bad, type: "Ready" };
  const notes = steps
    .filter(({ status }) => status !== "True")
    .map(({ type, status, message }) =>
      status === "False" ? `${type} is False, see its message` : message,
    )
    .concat(missingKinds.length > 0 ? [`not watched: no ${missingKinds.join(" and ")} here`] : []);
  const what = `revision ${serving?.revision} serves at ${serving?.returns.percent}`;
  return claim("Ready", "True", "Ready", [what, ...notes].join("; "));
}

function selectorText(game: Game): string {
  return Object.entries(selectorLabels(game))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
