/** The one observed state that conditions and status are judged from. Only data: reading is done before. */

import type { Jackpot } from "../../crds/generated/jackpot.ts";
import type { JackpotTerms } from "../../crds/jackpot-terms.ts";
import type { JackpotFigures } from "../database/jackpots.ts";
import type { ChildFault } from "../platform/apply.ts";
import type { Finding as KindFinding } from "../platform/finding.ts";
import type { Reason } from "./reasons.ts";

/** Why a step did not succeed, in the words of a condition. */
export type Finding = KindFinding<Reason>;

/** What the spec says, or why that cannot be. */
export type Verdict = { readonly terms: JackpotTerms } | { readonly refused: Finding };

/** What became of the terms in PostgreSQL. */
export type DatabaseState = { readonly saved: true } | { readonly failed: Finding };

export interface Observed {
  readonly jackpot: Jackpot;
  readonly verdict: Verdict;
  /** Absent where nothing was ever saved. */
  readonly database: DatabaseState | undefined;
  /** As they were read last; absent where they are not known. */
  readonly figures: JackpotFigures | undefined;
  /** The Games that name it, in their order. */
  readonly games: readonly string[];
  readonly faults: readonly ChildFault[];
}
