// The interface of an engine: the rules and the mathematics of one kind of game, as pure functions.
// Multipliers, payouts and regrets are exact and in units of the round's first stake.
import type { Draws } from "./draws.ts";
import type { Fraction } from "./fraction.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonSchema = { [key: string]: Json };

/** What is wrong with a document: the JSON pointer of the field, and a message that holds the cure. */
export interface Problem {
  pointer: string;
  message: string;
}

/** A player's decision. `version`, `by` and `at` are not parameters: the record of the round has them. */
export interface Action {
  type: string;
  [parameter: string]: Json;
}

/** Who took an action, and for rounds that run by the clock the tick of the round it was taken at. */
export interface Taken {
  by: "player" | "default";
  at?: number;
}

/** An action that the rules do not allow now. The pointer leads into the action. */
export class IllegalAction extends Error {
  override readonly name = "IllegalAction";
  readonly pointer: string;

  constructor({ pointer, message }: Problem) {
    super(message);
    this.pointer = pointer;
  }
}

/** What was staked (a double makes it 2) and what comes back, in first stakes. */
export interface Tally {
  readonly staked: Fraction;
  readonly payout: Fraction;
}

/** Writes an amount in first stakes as money of the round: 2 is "5.00" where 2.50 was staked. */
export type InMoney = (firstStakes: Fraction) => string;

/** The limits of one currency, in its minor units. */
export interface StakeTerms {
  currency: string;
  digits: number;
  min: bigint;
  max: bigint;
  step: bigint;
  maxPayout: bigint;
}

/** The stake of one bet, for bets of parts: each is a multiple of `step` and `amount` is their sum. */
export interface BetStake {
  amount: bigint;
  step: bigint;
  digits: number;
}

/** The exact return of one kind of bet, as docs/games.md lists them. */
export interface ReturnEntry {
  bet: Json;
  /** A side bet: proven against `sideMin`, and not part of the game's return. */
  side: boolean;
  /** The distribution of payout / first stake; null where it is too large to write down. */
  outcomes: readonly { multiplier: Fraction; probability: Fraction }[] | null;
  rtp: Fraction;
  /** Return per total staked, where decisions raise the stake. */
  rtpOfTotal?: Fraction;
  variance: Fraction;
  hitRate: Fraction;
}

/** One way to play, for the simulator: a bet, the decisions, and the exact return of both together. */
export interface Play<B = unknown, S = unknown> {
  bet: B;
  rtp: Fraction;
  /** The next action of an open round; absent where rounds have one step or end by the clock. */
  decide?(state: S): Action;
}

/** Rounds that run by the clock: every action carries its tick, and without one the round ends by itself. */
export interface Clock<C = unknown, S = unknown> {
  readonly tickMs: number;
  /** The tick at which the round ends if nobody acts. Hidden: nothing visible may depend on it before. */
  endsAt(config: C, state: S): number;
  /** The round as it ends by itself; such an ending is not an action. */
  expire(config: C, state: S): S;
}

/**
 * The rules of one kind of game. C is the prepared configuration, B the bet (valid against `betSchema`),
 * S the state of a round. Every method is pure; all randomness comes from `draws`, in documented order.
 */
export interface Rules<C = unknown, B = unknown, S = unknown> {
  readonly name: string;
  /** Changes only when the rules change: it is part of the revision. */
  readonly version: string;
  /** JSON Schema 2020-12 with defaults; it bounds every size. */
  readonly configSchema: JsonSchema;
  /** Null where a round has one step. */
  readonly actionSchema: JsonSchema | null;
  readonly clock?: Clock<C, S>;
  /** Judges what a schema cannot say. The configuration has passed its schema, defaults are filled in. */
  prepare(config: Json): { config: C } | { problems: Problem[] };
  /** Stakes that the rules cannot serve, such as an odd step where half a stake can be returned. */
  checkStakes?(config: C, stakes: StakeTerms): Problem[];
  betSchema(config: C): JsonSchema;
  checkBet(config: C, bet: B, stake: BetStake): Problem[];
  /** The largest payout that this bet can reach. */
  bound(config: C, bet: B): Fraction;
  maxMultiplier(config: C): Fraction;
  start(config: C, bet: B, draws: Draws): S;
  /** The next state; an IllegalAction where the rules forbid the action now. Never changes `state`. */
  act(config: C, state: S, action: Action, draws: Draws, taken: Taken): S;
  /** Types of the actions that a player may take now; none once the round is over. */
  legalActions(config: C, state: S): readonly string[];
  /** How an abandoned round goes on. `act` takes it with `by: "default"`, even if a player could not. */
  defaultAction(config: C, state: S): Action;
  /** The payout counts once the round is over. */
  tally(config: C, state: S): Tally;
  /** What may be shown: hidden parts are absent until the round is over. */
  outcome(config: C, state: S, inMoney: InMoney): Json;
}

/** The mathematics of the same game, computed from its rules. */
export interface Mathematics<C = unknown, B = unknown, S = unknown> {
  /** Exact returns, by enumeration or dynamic programming. */
  returns(config: C): ReturnEntry[];
  /** The expected payout of this bet under best play. */
  expected(config: C, bet: B): Fraction;
  /** The expected payout that this action gives away against the best one. */
  regret(config: C, state: S, action: Action, taken: Taken): Fraction;
  /** The plays that the simulator rehearses. */
  plays(config: C): Play<B, S>[];
}

export interface Engine<C = unknown, B = unknown, S = unknown>
  extends Rules<C, B, S>,
    Mathematics<C, B, S> {}
