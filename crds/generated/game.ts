// Generated from crds/game.yaml by `npm run generate`: do not edit.
import type {Json} from "../../games/game.ts";
import type {ObjectMeta} from "../object-meta.ts";

/**
 * A game of the casino - an engine with a configuration, limits and a place to run.
 */
export interface Game {
  apiVersion: "pitboss.dev/v1alpha1";
  kind: "Game";
  metadata: ObjectMeta;
  spec: GameSpec;
  status?: GameStatus;
}
/**
 * What the casino wants the game to be.
 */
export interface GameSpec {
  /**
   * The rules and mathematics of the game, one of the engines of the runtime (`games/<engine>`).
   */
  engine: string;
  /**
   * What players see. Defaults to the Game's name.
   */
  title?: string;
  /**
   * The engine's configuration (paytable, edge …), checked by the engine's own JSON Schema (`games/<engine>/config.schema.json`), which has the defaults. Fractions are strings.
   */
  config: {[name: string]: Json};
  returnToPlayer: ReturnGate;
  /**
   * What a round may cost, for each currency the game is played in.
   *
   * @minItems 1
   * @maxItems 16
   */
  stakes: Stake[];
  openRounds: OpenRounds;
  /**
   * The Jackpots of the same namespace that this game's rounds feed and can win.
   *
   * @maxItems 8
   */
  jackpots: JackpotReference[];
  fairness?: FairnessSettings;
  /**
   * Active takes bets; Draining finishes open rounds and takes no new ones; Suspended refuses new rounds at once. It binds at commit, without a rollout.
   */
  state: "Active" | "Draining" | "Suspended";
  /**
   * A fixed number of pods; `kubectl scale` sets it.
   */
  replicas?: number;
  autoscaling?: Autoscaling;
  database: Database;
  monitoring: Monitoring;
  template: PodSettings;
}
/**
 * What the game must pay back, proven exactly before any rollout: decimals or fractions, "0.96" or "24/25".
 */
export interface ReturnGate {
  /**
   * Every main bet returns at least this at every allowed stake, rounding included.
   */
  min: string;
  /**
   * Every side bet returns at least this.
   */
  sideMin: string;
  /**
   * No bet returns more than this.
   */
  max: string;
}
export interface Stake {
  /**
   * Code of a currency, such as USD.
   */
  currency: string;
  /**
   * The smallest stake, a multiple of `step`.
   */
  min: string;
  /**
   * The largest stake, a multiple of `step`.
   */
  max: string;
  /**
   * Stakes are multiples of this. Defaults to `min`.
   */
  step?: string;
  /**
   * A bet that could pay more than this is refused before anything is drawn.
   */
  maxPayout: string;
}
/**
 * What becomes of rounds that their players leave open.
 */
export interface OpenRounds {
  /**
   * A round left open for this long is finished by the engine's default action.
   */
  timeout: string;
}
export interface JackpotReference {
  /**
   * Name of a Jackpot in this namespace.
   */
  name: string;
}
/**
 * What is mixed into draws beside the seeds.
 */
export interface FairnessSettings {
  entropy?: Entropy;
}
/**
 * Mixes the hash of a block into every draw, one that does not exist yet when the seed is committed: neither the house nor the player can foresee it.
 */
export interface Entropy {
  /**
   * A Chain of the platform.
   */
  chain: string;
  /**
   * While the chain gives no block. Stop refuses rounds of pairs that wait for theirs; Continue plays new pairs without, and their proofs say so.
   */
  onChainDown: "Continue" | "Stop";
}
/**
 * A range of pods that follows the load, instead of spec.replicas.
 */
export interface Autoscaling {
  /**
   * Fewest pods.
   */
  min: number;
  /**
   * Most pods.
   */
  max: number;
  /**
   * Per cent of the requested CPU that the pods should use on average.
   */
  targetCPU: number;
}
/**
 * The game's part of the platform's database.
 */
export interface Database {
  /**
   * What becomes of the game's schema and role when the Game is deleted.
   */
  deletionPolicy: "Retain" | "Delete";
}
/**
 * What follows from what the game really pays back.
 */
export interface Monitoring {
  /**
   * What happens when play pays back too little or too much to be chance. Alert says so and lets the game go on; Suspend also refuses new rounds, until the annotation pitboss.dev/return-acknowledged says who looked and what it was.
   */
  onReturnBreach: "Alert" | "Suspend";
}
/**
 * What a Game may say about its pods. Everything else is the platform's.
 */
export interface PodSettings {
  resources?: Resources;
  /**
   * Labels that the machines must have.
   */
  nodeSelector?: {
    [k: string]: string;
  };
  /**
   * Taints of machines that the pods bear.
   *
   * @maxItems 16
   */
  tolerations?: Toleration[];
  /**
   * Literal variables for the runtime's process.
   *
   * @maxItems 32
   */
  env?: EnvironmentVariable[];
}
/**
 * What each pod asks for, and what it may use at most.
 */
export interface Resources {
  requests?: ResourceList;
  limits?: ResourceList;
}
/**
 * CPU and memory.
 */
export interface ResourceList {
  cpu?: number | string;
  memory?: number | string;
}
export interface Toleration {
  key?: string;
  operator?: "Exists" | "Equal";
  value?: string;
  effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  tolerationSeconds?: number;
}
export interface EnvironmentVariable {
  /**
   * Name of the variable.
   */
  name: string;
  /**
   * Its value, as it is.
   */
  value: string;
}
/**
 * What the operator found.
 */
export interface GameStatus {
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
  /**
   * The state in force; it differs from spec.state where the return monitor has suspended the game.
   */
  state?: "Active" | "Draining" | "Suspended";
  /**
   * Version of the rules that serve.
   */
  engineVersion?: string;
  /**
   * The revision that serves, a hash of engine, engine version and configuration.
   */
  revision?: string;
  returnToPlayer?: ProvenReturn;
  observed?: ObservedPlay;
  /**
   * Pods that there are.
   */
  replicas?: number;
  /**
   * Pods that take requests.
   */
  readyReplicas?: number;
  /**
   * Ready and wanted pods, "2/2".
   */
  pods?: string;
  /**
   * The label selector of the pods.
   */
  selector?: string;
  /**
   * The game's schema in PostgreSQL.
   */
  schema?: string;
  /**
   * The migrations that the schema has, in order.
   *
   * @maxItems 256
   */
  migrations?: string[];
  /**
   * Where players reach the game.
   */
  url?: string;
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
 * The lowest return of a main bet of the revision that serves.
 */
export interface ProvenReturn {
  /**
   * A fraction in lowest terms, "49/50". Slots with free spins have tens of thousands of digits; a text that would be longer than this is cut to its first 40 decimals.
   */
  exact: string;
  /**
   * "0.98"
   */
  decimal: string;
  /**
   * "98.00%", as `kubectl get games` prints it.
   */
  percent: string;
  /**
   * What the Jackpots pay back on top, by currency - the part of every debit that they take in; the house's seeds are not counted. `total` is the base return above and this part together.
   *
   * @maxItems 16
   */
  jackpots?: JackpotReturn[];
}
export interface JackpotReturn {
  currency: string;
  /**
   * "1/100"
   */
  contribution: string;
  /**
   * "99.00%"
   */
  total: string;
}
/**
 * What play has shown so far, written at most once a minute.
 */
export interface ObservedPlay {
  /**
   * Settled rounds.
   */
  rounds?: number;
  /**
   * Rounds that are open.
   */
  openRounds?: number;
  /**
   * Decimal amounts by currency.
   */
  staked?: {
    [k: string]: string;
  };
  /**
   * Decimal amounts by currency.
   */
  paid?: {
    [k: string]: string;
  };
  /**
   * How many standard deviations the observed return is away from the proven one, in the currency where it is most. Before its rare large wins came a slot looks worse than it is: the condition ReturnAsProven is judged by what chance allows for.
   */
  z?: string;
}
