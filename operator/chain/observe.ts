/** The one observed state that conditions and status are judged from. Only data: reading is done before. */
import type { ChainTerms } from "../../crds/chain-terms.ts";
import type { Chain } from "../../crds/generated/chain.ts";
import type { ChildFault } from "../platform/apply.ts";
import type { Finding as AnyFinding } from "../platform/finding.ts";
import type { Answers } from "./agent-reports.ts";
import type { LiveDaemonSet, LivePod } from "./live.ts";
import type { Reason } from "./reasons.ts";

/** Why a step did not succeed, in the words of a Chain's condition. */
export type Finding = AnyFinding<Reason>;

/** What the chain has in PostgreSQL. */
export type DatabaseState = { readonly saved: true } | { readonly failed: Finding };

export interface Observed {
  readonly chain: Chain;
  /** The terms of the spec, or what is wrong with it. */
  readonly spec: { readonly terms: ChainTerms } | { readonly refused: string };
  /** Absent where the step has not been reached. */
  readonly database: DatabaseState | undefined;
  /** What kept children from being applied, in the order of the children. */
  readonly faults: readonly ChildFault[];
  readonly daemonSet: LiveDaemonSet | undefined;
  /** Of agents and nodes. */
  readonly pods: readonly LivePod[];
  /** What the agents answered last, by pod. */
  readonly answers: Answers;
  /** The number of the broken promise of finality that a person has to look into. */
  readonly violation: string | undefined;
  /** Optional kinds that the cluster lacks. */
  readonly missingKinds: readonly string[];
}
