import type { Jackpot } from "../../crds/generated/jackpot.ts";
import { ApiError } from "../kube/api-error.ts";
import { done, type Result, requeueAfter } from "../kube/result.ts";
import { kinds } from "../platform/kinds.ts";
import type { JackpotContext } from "./context.ts";
import type { Finding } from "./observe.ts";
import { report } from "./report.ts";
import { FINALIZER } from "./resources/names.ts";
import { deletingStatus } from "./status.ts";

const RETRY_MS = 5_000;
const AGAIN_MS = 250;

/** What passes by itself in a moment. */
const PASSING: readonly Finding["reason"][] = ["Closing", "Unbinding"];

const WAY_OUT = `If the money shall stay where it is in the database, remove the finalizer ${FINALIZER} by hand: a Jackpot of this name and currency takes it up again`;

/**
 * A Jackpot on its way out, that no Game names any more: no round feeds it, what was played is counted
 * and paid, and its money goes where spec.transferTo says. Then the finalizer goes.
 */
export async function removeJackpot(context: JackpotContext, jackpot: Jackpot): Promise<Result> {
  const key = `${jackpot.metadata.namespace}/${jackpot.metadata.name}`;
  if (!jackpot.metadata.finalizers?.includes(FINALIZER)) {
    forgetJackpot(context, key);
    return done;
  }
  const held = await leave(context, jackpot);
  if (held) {
    const passing = PASSING.includes(held.reason);
    const message = passing ? held.message : `${held.message}. ${WAY_OUT}`;
    const finding = { ...held, message };
    await report(context, jackpot, (latest) => deletingStatus(latest, finding, context.now()));
    return requeueAfter(passing ? AGAIN_MS : RETRY_MS);
  }
  await context.client.removeFinalizer(kinds.jackpot, jackpot, FINALIZER);
  context.events.record(jackpot, {
    type: "Normal",
    reason: "Decommissioned",
    action: "Delete",
    note: jackpot.spec.transferTo
      ? `its money is in the overflow of ${jackpot.spec.transferTo.name}`
      : "no round had paid into it; the seed is back with the house",
  });
  forgetJackpot(context, key);
  return done;
}

async function leave(
  { databases, logger }: JackpotContext,
  jackpot: Jackpot,
): Promise<Finding | undefined> {
  try {
    return await databases.leave(jackpot);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // Nobody sees a log while they wait for a deletion.
    logger.error({ err: error, jackpot: jackpot.metadata.name }, "cannot decommission");
    const message = error instanceof Error ? error.message : String(error);
    return { reason: "InternalError", message };
  }
}

/** Lets go of what is remembered of a Jackpot that is gone, or has nothing left to do here. */
export function forgetJackpot(
  { databases, metrics, observed }: Pick<JackpotContext, "databases" | "metrics" | "observed">,
  key: string,
): void {
  databases.forget(key);
  observed.delete(key);
  metrics.deleted(key);
}
