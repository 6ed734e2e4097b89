/** How conditions come about: lists of checks, judged in order, the same for every kind. */
import { type Condition, type ConditionClaim, setConditions } from "../kube/conditions.ts";
import type { KubeObject } from "../kube/object.ts";
import type { Finding, Found } from "./finding.ts";
import type { Outlook, PlatformReason } from "./reasons.ts";

// The CRDs bound it; a longer message would make the whole status be refused.
const MESSAGE_MAX = 4096;

/** A condition with a reason of its kind's list. */
export type Claim<Reason extends string = PlatformReason> = Omit<
  ConditionClaim,
  "observedGeneration"
> & { readonly reason: Reason };

/** What makes one condition True: no check finds anything. */
export interface ConditionRule<Observed, Reason extends string> {
  readonly checks: readonly ((state: Observed) => Found<Reason> | undefined)[];
  /** What is said when no check finds anything. */
  readonly well: (state: Observed) => Finding<Reason>;
}

export function claim<Reason extends string>(
  type: string,
  status: Claim["status"],
  reason: Reason,
  message = "",
): Claim<Reason> {
  return { type, status, reason, message: message.slice(0, MESSAGE_MAX) };
}

/** Judges each condition by its rule: the first check that finds something gives reason and message. */
export function judgeAll<Observed, Reason extends string>(
  rules: Readonly<Record<string, ConditionRule<Observed, Reason>>>,
  observed: Observed,
): Claim<Reason>[] {
  return Object.entries(rules).map(([type, rule]) => {
    for (const check of rule.checks) {
      const found = check(observed);
      if (found) {
        return claim(type, found.unknown ? "Unknown" : "False", found.reason, found.message);
      }
    }
    const { reason, message } = rule.well(observed);
    return claim(type, "True", reason, message);
  });
}

/** The abnormal-true conditions of kstatus: tools that know nothing of our kinds wait by them. */
export function progressClaims<Reason extends string>(
  { reason, message }: Claim<Reason>,
  outlook: Outlook,
): Claim<Reason | PlatformReason>[] {
  return [
    outlook === "progressing"
      ? claim("Reconciling", "True", reason, message)
      : claim("Reconciling", "False", "Settled"),
    outlook === "stalled"
      ? claim("Stalled", "True", reason, message)
      : claim("Stalled", "False", "NotStalled"),
  ];
}

type Conditioned = KubeObject & { status?: { conditions?: Condition[] } };

/** The conditions to be written: the claims with generation and times, and those that others own. */
export function withTimes(
  object: Conditioned,
  claims: readonly Claim<string>[],
  now: Date,
): Condition[] {
  const { generation = 0 } = object.metadata;
  const stated = claims.map((one) => ({ ...one, observedGeneration: generation }));
  return setConditions(object.status?.conditions ?? [], stated, { now });
}

/** The conditions of an object that is left alone: what was said before stays, and it says so. */
export function pausedConditions(object: Conditioned, now: Date): Condition[] {
  const message = "remove the annotation pitboss.dev/paused to go on";
  return withTimes(object, [claim("Paused", "True", "PausedByAnnotation", message)], now);
}

/** The conditions of an object on its way out, which goes on by itself: how far it is, or what holds it up. */
export function deletingConditions<Reason extends string>(
  object: Conditioned,
  { reason, message }: Finding<Reason>,
  now: Date,
): Condition[] {
  const claims: Claim<Reason | PlatformReason>[] = [
    claim("Ready", "False", "Deleting", message),
    claim("Reconciling", "True", reason, message),
    claim("Stalled", "False", "NotStalled"),
    claim("Deleting", "True", reason, message),
  ];
  return withTimes(object, claims, now);
}

/** Without the fields that are absent, so that a status reads back as it was written. */
export function defined<Status extends object>(
  status: { [K in keyof Status]: Status[K] | undefined },
): Status {
  return Object.fromEntries(
    Object.entries(status).filter(([, value]) => value !== undefined),
  ) as Status;
}
