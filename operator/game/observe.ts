/** The one observed state that conditions and status are judged from. Only data: reading is done before. */
import type { Game, GameSpec, ProvenReturn } from "../../crds/generated/game.ts";
import type { ReturnBreach } from "../database/types.ts";
import type { ChildFault } from "../platform/apply.ts";
import type { Finding as KindFinding } from "../platform/finding.ts";
import type { EntropySource } from "./entropy.ts";
import type { NamedJackpot } from "./jackpots.ts";
import type { LiveDeployment, LiveIngress, LivePod, LiveRoute } from "./live.ts";
import type { Reason } from "./reasons.ts";
import type { Revision } from "./resources/facts.ts";

/** Why a step did not succeed, in the words of a condition. */
export type Finding = KindFinding<Reason>;

/** The revision that serves or is about to, with the lowest return of its main bets. */
export interface Serving extends Revision {
  readonly returns: ProvenReturn;
}

/** What the proof said of the configuration, stakes and gate in the spec. */
export type Verdict = { readonly proven: string } | { readonly refused: Finding };

/** What the game has in PostgreSQL. */
export type DatabaseState =
  | { readonly schema: string; readonly migrations: readonly string[] }
  | { readonly failed: Finding };

export interface Observed {
  readonly game: Game;
  readonly verdict: Verdict;
  /** Absent where the step has not been reached. */
  readonly database: DatabaseState | undefined;
  /** Absent where no revision was ever accepted, or none is known. */
  readonly serving: Serving | undefined;
  /** The Jackpots that the Game names. */
  readonly jackpots: readonly NamedJackpot[];
  /** The Chain that its entropy comes from. */
  readonly entropy: EntropySource;
  /** What stands against the return of what was played; absent where it is not known. */
  readonly breaches: readonly ReturnBreach[] | undefined;
  /** The state that binds rounds: what the catalogue has. Absent where it is not known. */
  readonly state: GameSpec["state"] | undefined;
  /** What kept children from being applied, in the order of the children. */
  readonly faults: readonly ChildFault[];
  readonly deployment: LiveDeployment | undefined;
  readonly pods: readonly LivePod[];
  readonly way: Way;
  /** Optional kinds that the cluster lacks, the route's left out. */
  readonly missingKinds: readonly string[];
}

/** How players get to the game, as the platform is set. */
export type Way =
  | { readonly kind: "none" }
  | { readonly kind: "HTTPRoute"; readonly served: boolean; readonly live: LiveRoute | undefined }
  | { readonly kind: "Ingress"; readonly live: LiveIngress | undefined };
