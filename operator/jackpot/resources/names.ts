/** The names and labels of what a Jackpot owns. */
import type { Jackpot } from "../../../crds/generated/jackpot.ts";
import { OURS } from "../../platform/child.ts";

/** What moves the money before a Jackpot may go. */
export const FINALIZER = "pitboss.dev/jackpot";

/** On everything that is made for a Jackpot. */
export const JACKPOT_LABEL = "pitboss.dev/jackpot";

type Named = Pick<Jackpot, "metadata">;

/** A name with a dot is no Game's, so the rules of both can stand side by side. */
export const ruleName = (jackpot: Named): string => `${jackpot.metadata.name}.jackpot`;

/** The labels of every child. */
export const labels = (jackpot: Named): Record<string, string> => ({
  "app.kubernetes.io/name": jackpot.metadata.name,
  ...OURS,
  [JACKPOT_LABEL]: jackpot.metadata.name,
});
