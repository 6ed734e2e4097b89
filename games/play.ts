// What runtime, operator and verifier share: a configuration made ready, and a round played through.
import { canonicalText, revisionOf } from "./canonical.ts";
import type { Draws } from "./draws.ts";
import { add, type Fraction, floor, fraction, mul, zero } from "./fraction.ts";
import {
  type Action,
  type BetStake,
  type Engine,
  IllegalAction,
  type InMoney,
  type Json,
  type JsonSchema,
  type Problem,
  type Taken,
  type Tally,
} from "./game.ts";
import { validator } from "./schema.ts";

/** An engine with one configuration, ready to take bets. */
export interface Compiled {
  readonly engine: Engine;
  /** The configuration with its defaults filled in: what is hashed, stored and shown. */
  readonly config: Json;
  /** The same in the engine's own form. */
  readonly prepared: unknown;
  readonly revision: string;
  readonly betSchema: JsonSchema;
  /** The schema and then the engine's own rules. */
  checkBet(bet: Json, stake: BetStake): Problem[];
  /** The schema only: whether the action is legal now is for `replay` to say. */
  checkAction(action: Json): Problem[];
}

/** A round as it stands after some actions. */
export interface Replay {
  over: boolean;
  legalActions: readonly string[];
  tally: Tally;
  /** All that was staked after the bet and after each action, in first stakes. */
  staked: readonly Fraction[];
  /** What may be shown, with its amounts as the round's money. */
  outcome(inMoney: InMoney): Json;
  /** What the decisions so far gave away, in first stakes. */
  regret: Fraction;
}

/** An action as the round records it; `by` is the player where nothing is said. */
export type RecordedAction = Action & { by?: Taken["by"]; at?: number; version?: number };

/** Checks a configuration, fills in its defaults and prepares everything that a round needs. */
export function compile(engine: Engine, config: Json): Compiled | { problems: Problem[] } {
  const filled = structuredClone(config);
  const faults = validator(engine.configSchema, { everyFault: true })(filled);
  if (faults.length > 0) return { problems: faults };
  const result = engine.prepare(filled);
  if ("problems" in result) return result;
  const prepared = result.config;
  const betSchema = engine.betSchema(prepared);
  const betFaults = validator(betSchema);
  const oneStep: Problem = { pointer: "/type", message: "this game's rounds take no actions" };
  return {
    engine,
    config: filled,
    prepared,
    revision: revisionOf(engine.name, engine.version, filled),
    betSchema,
    checkBet(bet, stake) {
      const faults = betFaults(bet);
      return faults.length > 0 ? faults : engine.checkBet(prepared, bet, stake);
    },
    checkAction: engine.actionSchema ? validator(engine.actionSchema) : () => [oneStep],
  };
}

/** Starts the round and takes the recorded actions; an IllegalAction where one is not allowed. */
export function replay(
  compiled: Compiled,
  bet: Json,
  actions: readonly RecordedAction[],
  draws: Draws,
): Replay {
  return play(compiled, bet, actions, draws).view();
}

/** As `replay`, and then ends the round as if nobody came back; `added` are the default actions. */
export function finish(
  compiled: Compiled,
  bet: Json,
  actions: readonly RecordedAction[],
  draws: Draws,
): Replay & { added: Action[] } {
  const round = play(compiled, bet, actions, draws);
  const added = round.finish();
  return { ...round.view(), added };
}

/** How long after its start a round by the clock ends by itself, if nobody acts; undefined for all others. */
export function endsAfterMs(
  compiled: Compiled,
  bet: Json,
  actions: readonly RecordedAction[],
  draws: Draws,
): number | undefined {
  return compiled.engine.clock && play(compiled, bet, actions, draws).endsAfterMs();
}

/** Minor units, rounded down once for the whole round. */
export function payout(stake: bigint, tally: Tally): bigint {
  return floor(mul(fraction(stake), tally.payout));
}

/** What each step debited, in minor units: the stake first. Steps that add nothing to it are left out. */
export function debitsOf(stake: bigint, staked: readonly Fraction[]): bigint[] {
  const totals = staked.map((share) => floor(mul(fraction(stake), share)));
  return totals.map((total, i) => total - (totals[i - 1] ?? 0n)).filter((debit) => debit > 0n);
}

/** The largest payout in minor units that a bet can reach: what `maxPayout` limits. */
export function exposure(compiled: Compiled, bet: Json, stake: bigint): bigint {
  return floor(mul(fraction(stake), compiled.engine.bound(compiled.prepared, bet)));
}

function play(
  compiled: Compiled,
  bet: Json,
  actions: readonly RecordedAction[],
  draws: Draws,
): Round {
  const round = new Round(compiled, bet, draws);
  for (const { by, at, version: _, ...action } of actions) {
    const taken: Taken = { by: by ?? "player" };
    round.take(action as Action, at === undefined ? taken : { ...taken, at });
  }
  return round;
}

class Round {
  readonly #compiled: Compiled;
  readonly #draws: Draws;
  #state: unknown;
  #regret = zero;
  readonly #staked: Fraction[] = [];

  constructor(compiled: Compiled, bet: Json, draws: Draws) {
    this.#compiled = compiled;
    this.#draws = draws;
    this.#state = compiled.engine.start(compiled.prepared, bet, draws);
  }

  get #legal(): readonly string[] {
    return this.#compiled.engine.legalActions(this.#compiled.prepared, this.#state);
  }

  take(action: Action, taken: Taken): void {
    const { engine, prepared } = this.#compiled;
    if (this.#legal.length === 0) {
      throw new IllegalAction({ pointer: "/type", message: "the round is over" });
    }
    if (taken.by === "default") this.#expectDefault(action);
    this.#staked.push(engine.tally(prepared, this.#state).staked);
    const next = engine.act(prepared, this.#state, action, this.#draws, taken);
    this.#regret = add(this.#regret, engine.regret(prepared, this.#state, action, taken));
    this.#state = next;
  }

  /** Nobody may pass off a decision of their own as what the rules do with an abandoned round. */
  #expectDefault(action: Action): void {
    const { engine, prepared } = this.#compiled;
    const expected = engine.clock ? null : engine.defaultAction(prepared, this.#state);
    if (canonicalText(action) !== canonicalText(expected)) {
      const message = `${action.type} is not the default action here`;
      throw new IllegalAction({ pointer: "/type", message });
    }
  }

  finish(): Action[] {
    const { engine, prepared } = this.#compiled;
    const added: Action[] = [];
    while (this.#legal.length > 0) {
      if (engine.clock) {
        this.#state = engine.clock.expire(prepared, this.#state);
      } else {
        const action = engine.defaultAction(prepared, this.#state);
        this.take(action, { by: "default" });
        added.push(action);
      }
    }
    return added;
  }

  endsAfterMs(): number | undefined {
    const { engine, prepared } = this.#compiled;
    const { clock } = engine;
    return clock && clock.endsAt(prepared, this.#state) * clock.tickMs;
  }

  view(): Replay {
    const { engine, prepared } = this.#compiled;
    const state = this.#state;
    const legalActions = this.#legal;
    const tally = engine.tally(prepared, state);
    return {
      over: legalActions.length === 0,
      legalActions,
      tally,
      staked: [...this.#staked, tally.staked],
      outcome: (inMoney) => engine.outcome(prepared, state, inMoney),
      regret: this.#regret,
    };
  }
}
