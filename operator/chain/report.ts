import type { Chain, ChainStatus } from "../../crds/generated/chain.ts";
import { conditionOf } from "../kube/conditions.ts";
import type { ChainContext } from "./context.ts";
import { type Reason, reasons } from "./reasons.ts";

type ReportContext = Pick<ChainContext, "statuses" | "databases" | "events" | "metrics">;

/** Writes the status where it says something new, and tells of it: events, metrics, the catalogue. */
export async function report(
  { statuses, databases, events, metrics }: ReportContext,
  chain: Chain,
  status: ChainStatus,
): Promise<void> {
  const before = conditionOf(chain.status, "Ready");
  const after = conditionOf(status, "Ready");
  const ready = after?.status === "True";
  await databases.noteReady(chain, ready);
  await statuses.write(chain, () => status);
  const violated = conditionOf(status, "FinalityViolation")?.status === "True";
  metrics.judged(chain.metadata, { ready, violated });
  if (!after || before?.reason === after.reason) return;
  const { outlook } = reasons[after.reason as Reason];
  events.record(chain, {
    type: ready || outlook === "progressing" ? "Normal" : "Warning",
    reason: after.reason,
    action: "Reconcile",
    note: after.message,
  });
}
