/** What a Chain says of itself: pure functions from what was observed to the status to be written. */
import type { Chain, ChainStatus } from "../../crds/generated/chain.ts";
import {
  type Claim,
  claim,
  defined,
  deletingConditions,
  judgeAll,
  pausedConditions,
  progressClaims,
  withTimes,
} from "../platform/claims.ts";
import { conditionRules, finalityBroken } from "./checks.ts";
import { figures, nodeCount, reportsOf } from "./node-facts.ts";
import type { Finding, Observed } from "./observe.ts";
import { type Reason, reasons } from "./reasons.ts";

/** Figures that change with every block; they are told apart so that they are not written with each. */
export type Figures = Pick<ChainStatus, "head" | "finalized" | "lag">;

/** The status of a Chain that is looked after. `fresh`: the figures are due, or none were told yet. */
export function statusOf(observed: Observed, fresh: boolean, now: Date): ChainStatus {
  const { chain, spec, answers } = observed;
  const steps: Claim<Reason>[] = judgeAll(conditionRules, observed);
  const broken = finalityClaim(observed);
  const ready = readyClaim(observed, steps, broken);
  const { outlook } = reasons[ready.reason];
  const claims = [
    ready,
    ...progressClaims(ready, outlook),
    ...steps,
    broken,
    claim("Paused", "False", "NotPaused"),
    claim("Deleting", "False", "NotDeleting"),
  ];
  const { head, finalized, lag } = chain.status ?? {};
  const told =
    head === undefined || finalized === undefined || fresh
      ? { head, finalized, lag, ...figures(answers) }
      : { head, finalized, lag };
  return defined<ChainStatus>({
    observedGeneration: chain.metadata.generation,
    conditions: withTimes(chain, claims, now),
    chainId: "terms" in spec ? spec.terms.chainId : chain.status?.chainId,
    nodes: nodeCount(observed),
    ...told,
  });
}

/** The status of a Chain that is left alone: what was said before stays, and it says so. */
export function pausedStatus(chain: Chain, now: Date): ChainStatus {
  return { ...chain.status, conditions: pausedConditions(chain, now) };
}

/** The status of a Chain on its way out: what holds it up. */
export function deletingStatus(chain: Chain, finding: Finding, now: Date): ChainStatus {
  return {
    ...chain.status,
    observedGeneration: chain.metadata.generation ?? 0,
    conditions: deletingConditions(chain, finding, now),
  };
}

// The one condition that is well when it is False.
function finalityClaim(observed: Observed): Claim<Reason> {
  const type = "FinalityViolation";
  const broken = finalityBroken(observed);
  if (broken) return claim<Reason>(type, "True", broken.reason, broken.message);
  if (reportsOf(observed.answers).length > 0) return claim<Reason>(type, "False", "FinalityKept");
  return claim<Reason>(type, "Unknown", "Unreported", "no agent has answered yet");
}

function readyClaim(
  { answers, missingKinds }: Observed,
  steps: readonly Claim<Reason>[],
  broken: Claim<Reason>,
): Claim<Reason> {
  if (broken.status === "True") return { ...broken, type: "Ready", status: "False" };
  const bad =
    steps.find(({ status }) => status === "False") ??
    steps.find(({ status }) => status === "Unknown");
  if (bad) return { ...bad, type: "Ready", status: "False" };
  const notes = [
    `${reportsOf(answers).length === 1 ? "1 agent follows" : `${reportsOf(answers).length} agents follow`} the chain`,
    ...steps.filter(({ reason }) => reason === "UpdateWaits").map(({ message }) => message),
    ...(missingKinds.length > 0 ? [`not watched: no ${missingKinds.join(" and ")} here`] : []),
  ];
  return claim<Reason>("Ready", "True", "Ready", notes.join("; "));
}
