import type { Chain } from "../../crds/generated/chain.ts";
import { openWithdrawals, removeChain as removeRow } from "../database/chain-catalogue.ts";
import { DatabaseAway } from "../database/failure.ts";
import { done, type Result, requeueAfter } from "../kube/result.ts";
import { kinds } from "../platform/kinds.ts";
import type { ChainContext } from "./context.ts";
import type { Finding } from "./observe.ts";
import { report } from "./report.ts";
import { FINALIZER } from "./resources/names.ts";
import { deletingStatus } from "./status.ts";

const RETRY_MS = 2_000;

const WAY_OUT = `If the chain or the database is gone for good, remove the finalizer ${FINALIZER} by hand: players whose withdrawals are open then wait for a person`;

/**
 * A Chain on its way out: it takes no new addresses and withdrawals from here on, and goes when those that
 * are open have ended; its nodes are needed until then. The agents' records stay: they are what the books
 * were made from.
 */
export async function removeChain(context: ChainContext, chain: Chain): Promise<Result> {
  const { namespace, name } = chain.metadata;
  const key = `${namespace}/${name}`;
  if (!chain.metadata.finalizers?.includes(FINALIZER)) {
    forgetChain(context, key);
    return done;
  }
  const held = await leave(context, chain);
  if (held) {
    const message = `${held.message.replace(/\.$/, "")}. ${WAY_OUT}`;
    await report(context, chain, deletingStatus(chain, { ...held, message }, context.now()));
    return requeueAfter(RETRY_MS);
  }
  await context.client.removeFinalizer(kinds.chain, chain, FINALIZER);
  context.events.record(chain, {
    type: "Normal",
    reason: "Deleted",
    action: "Delete",
    note: "the Chain is out of the catalogue; the agents' records are kept",
  });
  forgetChain(context, key);
  return done;
}

/** The finding that keeps the Chain; undefined once it has left the catalogue. */
async function leave(
  { platformDatabase }: ChainContext,
  { metadata }: Chain,
): Promise<Finding | undefined> {
  const current = platformDatabase.current();
  if ("failed" in current) return current.failed;
  const { db } = current.link;
  try {
    await removeRow(db, metadata);
    const open = await openWithdrawals(db, metadata);
    if (open === 0) return undefined;
    const withdrawals = open === 1 ? "1 withdrawal is" : `${open} withdrawals are`;
    return { reason: "OpenWithdrawals", message: `${withdrawals} not final yet` };
  } catch (error) {
    if (!(error instanceof DatabaseAway)) throw error;
    return platformDatabase.lost(error);
  }
}

/** Lets go of what is remembered of a Chain that is gone, or has nothing left to do here. */
export function forgetChain({ databases, metrics }: ChainContext, key: string): void {
  databases.forget(key);
  metrics.deleted(key);
}
