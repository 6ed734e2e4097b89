/** metav1.Condition. */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** A condition as a check states it: when it changed is for `setConditions` to say. */
export type ConditionClaim = Omit<Condition, "lastTransitionTime">;

// metav1.Condition's own bound; a longer message would make the whole status be refused.
const MESSAGE_MAX = 32_768;

/** The condition of that type, where the status has it. */
export function conditionOf(
  status: { readonly conditions?: readonly Condition[] | undefined } | undefined,
  type: string,
): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/**
 * The conditions to write: the claims, in the order given, each with the time of its last real
 * transition. Conditions of types that are not claimed and not `dropped` stay, after the claimed
 * ones: another writer may own them.
 */
export function setConditions(
  before: readonly Condition[],
  claims: readonly ConditionClaim[],
  { now, dropped = [] }: { now: Date; dropped?: readonly string[] },
): Condition[] {
  const claimed = claims.map((claim) => setCondition(before, claim, now));
  const types = new Set([...claims.map(({ type }) => type), ...dropped]);
  return [...claimed, ...before.filter(({ type }) => !types.has(type))];
}

function setCondition(before: readonly Condition[], claim: ConditionClaim, now: Date): Condition {
  const old = before.find(({ type }) => type === claim.type);
  const changed = old === undefined || old.status !== claim.status;
  return {
    ...claim,
    message: claim.message.slice(0, MESSAGE_MAX),
    lastTransitionTime: changed ? timestamp(now) : old.lastTransitionTime,
  };
}

/** A time as metav1.Time writes it: whole seconds. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Do both lists say the same, whatever the order? */
export function sameConditions(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => sameCondition(one, other)));
}

function sameCondition(a: Condition, b: Condition): boolean {
  return (
    a.type === b.type &&
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.lastTransitionTime === b.lastTransitionTime &&
    a.observedGeneration === b.observedGeneration
  );
}

/**
 * Ready as the summary of the conditions it depends on, the most important first: the first that
 * is False says why, else the first that is Unknown, else all is well.
 */
export function summarize(
  claims: readonly ConditionClaim[],
  ready: { type?: string; reason?: string; message?: string; observedGeneration?: number } = {},
): ConditionClaim {
  const bad =
    claims.find(({ status }) => status === "False") ??
    claims.find(({ status }) => status === "Unknown");
  return {
    type: ready.type ?? "Ready",
    status: bad ? bad.status : "True",
    reason: bad ? bad.reason : (ready.reason ?? "Ready"),
    message: bad ? bad.message : (ready.message ?? ""),
    ...(ready.observedGeneration === undefined
      ? {}
      : { observedGeneration: ready.observedGeneration }),
  };
}
