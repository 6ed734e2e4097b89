/** A person says in an annotation that a broken promise of finality was looked into. */
import type { ChainTerms } from "../../crds/chain-terms.ts";
import type { Chain } from "../../crds/generated/chain.ts";
import { acknowledgeViolation, openViolation } from "../database/chain-violations.ts";
import { DatabaseAway } from "../database/failure.ts";
import type { ChainContext } from "./context.ts";

/** Which violation, who looked, and what was found: "7 Ann: the provider's node was on a fork of its own". */
export const ACKNOWLEDGE_ANNOTATION = "pitboss.dev/acknowledge";

const FORM = /^(\d{1,18}) ([^:]{1,80}): ?(.{3,1000})$/s;

/**
 * The number of the violation on which the chain's agents stand still. One that the annotation names is
 * acknowledged: it is none any more. The annotation may stay: it is of that violation alone.
 */
export async function violationOf(
  { platformDatabase, events }: Pick<ChainContext, "platformDatabase" | "events">,
  chain: Chain,
  { chainId }: ChainTerms,
): Promise<string | undefined> {
  const current = platformDatabase.current();
  if ("failed" in current) return undefined;
  const { db } = current.link;
  try {
    const open = await openViolation(db, chainId);
    const [, id, who = "", why = ""] =
      FORM.exec(chain.metadata.annotations?.[ACKNOWLEDGE_ANNOTATION] ?? "") ?? [];
    if (open === undefined || id !== open) return open;
    if (!(await acknowledgeViolation(db, chainId, { id, who, why }))) return open;
    events.record(chain, {
      type: "Normal",
      reason: "FinalityAcknowledged",
      action: "Acknowledge",
      note: `${who} has looked into violation ${id}: ${why}`.slice(0, 1000),
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabaseAway)) throw error;
    platformDatabase.lost(error);
    return undefined;
  }
}
