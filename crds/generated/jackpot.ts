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
/**
 * What the casino wants the jackpot to be.
 */
export interface JackpotSpec {
  /**
   * Code of the currency that it grows and pays in, such as USD.
   */
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
  transferTo?: JackpotTransfer;
}
/**
 * What lets the pool drop: a hidden threshold of at most `mustHitBy`, or a draw that hits once in `oneIn` stakes of `per`.
 */
export interface JackpotTrigger {
  mustHitBy?: string;
  oneIn?: string;
  per?: string;
}
/**
 * Where the money goes when this Jackpot is deleted - into the overflow of a Jackpot of the same namespace and currency. Needed only once rounds have fed the pool; it may be set during a deletion.
 */
export interface JackpotTransfer {
  name: string;
}
/**
 * What the operator found.
 */
export interface JackpotStatus {
  /**
   * The generation that this status speaks of.
   */
  observedGeneration?: number;
  /**
   * Ready sums up the others; each has a reason, and a message that says what to do.
   *
   * @maxItems 16
   */
  conditions?: Condition[];
  terms?: JackpotTermsInForce;
  /**
   * What the next win pays, at most 30 seconds ago. Fractions of the smallest unit are kept, not shown.
   */
  pool?: string;
  /**
   * What feeds the next pool.
   */
  overflow?: string;
  /**
   * All that rounds have added so far.
   */
  contributions?: string;
  /**
   * How often it was won.
   */
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
/**
 * The terms that rounds are played by; those of a changed spec wait for the next win.
 */
export interface JackpotTermsInForce {
  seed: string;
  /**
   * A fraction in lowest terms.
   */
  contribution: string;
  ceiling: string;
  /**
   * A fraction in lowest terms.
   */
  overflowShare: string;
  /**
   * "must hit by 5000.00" or "1 in 1000000 per 1.00".
   */
  trigger: string;
}
/**
 * The latest win.
 */
export interface JackpotWin {
  amount: string;
  game: string;
  round?: string;
  at: string;
}
