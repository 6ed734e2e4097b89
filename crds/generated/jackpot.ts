// Generated from crds/jackpot.yaml by `npm run generate`: do not edit.
import type {ObjectMeta} from "../object-meta.ts";

/**
 * A pool that the rounds of its games feed and can win.
 */
export interface Jackpot {
  apiVersion: "pitboss.dev/v1alpha1";
  kind: "Jackpot";
  metadata: ObjectMeta;
  spec: JackpotSpec;
  status?: JackpotStatus;
}
export interface JackpotSpec {
  currency: string;
  /**
   * What the house puts into each new pool; "0" for nothing.
   */
  seed: string;
  /**
   * The part of every debit that the house pays into the pool, on top of the game's own return, a decimal or a fraction, "0.01" or "1/100".
   */
  contribution: string;
  /**
   * The most that the pool holds; from then on contributions go to the overflow. At least `trigger.mustHitBy`.
   */
  ceiling: string;
  /**
   * The part of each contribution that goes to the overflow, which feeds the next pool.
   */
  overflowShare: string;
  trigger: JackpotTrigger;
}
/**
 * What lets the pool drop: a hidden threshold of at most `mustHitBy`, or a draw that hits once in `oneIn` stakes of `per`.
 */
export interface JackpotTrigger {
  mustHitBy?: string;
  oneIn?: string;
  per?: string;
}
export interface JackpotStatus {
  observedGeneration?: number;
  /**
   * @maxItems 16
   */
  conditions?: Condition[];
  /**
   * What the next win pays.
   */
  pool?: string;
  overflow?: string;
  /**
   * All that rounds have added so far.
   */
  contributions?: string;
  wins?: number;
  lastWin?: JackpotWin;
  /**
   * The Games that name this Jackpot.
   *
   * @maxItems 256
   */
  games?: string[];
}
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}
export interface JackpotWin {
  amount: string;
  game: string;
  round?: string;
  at: string;
}
