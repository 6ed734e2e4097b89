import type { Condition, Jackpot, JackpotStatus } from "../../crds/generated/jackpot.ts";
import { conditionOf } from "../kube/conditions.ts";
import type { EventFacts } from "../kube/events.ts";
import type { JackpotContext } from "./context.ts";
import { type Reason, reasons } from "./reasons.ts";

type ReportContext = Pick<JackpotContext, "statuses" | "events" | "metrics">;

/**
 * Writes the status where it says something new, and tells of it: events and metrics. `change` is asked
 * when its turn to write has come, with the status as it is then.
 */
export async function report(
  { statuses, events, metrics }: ReportContext,
  jackpot: Jackpot,
  change: (latest: Jackpot) => JackpotStatus,
): Promise<void> {
  let told: { before: JackpotStatus; after: JackpotStatus } | undefined;
  await statuses.write(jackpot, (before) => {
    told = { before, after: change({ ...jackpot, status: before }) };
    return told.after;
  });
  if (!told) return;
  const ready = conditionOf(told.after, "Ready");
  metrics.judged(jackpot.metadata, {
    ready: ready?.status === "True",
    currency: jackpot.spec.currency,
    reason: ready?.reason ?? "",
  });
  for (const event of news(told.before, told.after)) events.record(jackpot, event);
}

/** What became different between two statuses that people want to hear of. */
export function news(before: JackpotStatus, after: JackpotStatus): EventFacts[] {
  return [...poolNews(before, after), ...conditionNews(before, after)];
}

function poolNews(before: JackpotStatus, after: JackpotStatus): EventFacts[] {
  if (after.pool === undefined) return [];
  if (before.pool === undefined) {
    const note = `the pool holds ${after.pool}`;
    return [normal("Opened", note)];
  }
  const wins = (after.wins ?? 0) - (before.wins ?? 0);
  if (wins <= 0 || !after.lastWin) return [];
  const { amount, game, round } = after.lastWin;
  const times = wins === 1 ? "" : `${wins} times, the last time `;
  return [normal("Won", `won ${times}by round ${round} of ${game}: ${amount}`)];
}

function conditionNews(before: JackpotStatus, after: JackpotStatus): EventFacts[] {
  return ["Ready", "TermsPending", "Deleting"].flatMap((type) => {
    const [old, now] = [conditionOf(before, type), conditionOf(after, type)];
    if (!now || old?.reason === now.reason) return [];
    // A Jackpot that nobody deletes and whose terms are in force from the start is no news.
    if (!old && type !== "Ready") return [];
    if (now.reason === "NotDeleting") return [];
    return [{ ...normal(now.reason as Reason, now.message), type: weightOf(now) }];
  });
}

const normal = (reason: Reason, note: string): EventFacts => ({
  ...{ type: "Normal", reason, action: "Reconcile", note },
});

function weightOf({ reason }: Condition): EventFacts["type"] {
  return reasons[reason as Reason].outlook === "stalled" ? "Warning" : "Normal";
}
