/** Rounds of the real engines in memory, as the return monitor sees them: what each brought beyond its expectation. */
import type { Draws } from "../../games/draws.ts";
import { FastDraws } from "../../games/fast-draws.ts";
import { add, toText, zero } from "../../games/fraction.ts";
import type { Action, InMoney, Json } from "../../games/game.ts";
import { type Compiled, exposure, type RecordedAction, type Replay } from "../../games/play.ts";
import { type RoundSource, standingOf } from "../../games/standing.ts";
import type { JudgedPlay } from "../../operator/database/types.ts";

/** What one settled round is to the monitor, in minor units: the columns of pitboss.counters. */
export interface Luck {
  readonly deviation: number;
  readonly risk: number;
  readonly win: number;
}

/** An action that the rules allow, well chosen or not; null leaves the round, as a player does who closes the page. */
function anyAction(legal: readonly string[], outcome: Json, draws: Draws): Action | null {
  if (draws.below(20) === 0) return null;
  const type = legal[draws.below(legal.length)] ?? "";
  if (type === "hold") {
    return { type, hold: Array.from({ length: 5 }, () => draws.below(2) === 1) };
  }
  if (type !== "reveal") return { type };
  const { safe } = outcome as { safe: number[] };
  const left = Array.from({ length: 25 }, (_, tile) => tile).filter((it) => !safe.includes(it));
  return { type, tile: left[draws.below(left.length)] ?? 0 };
}

/** Plays one round to its end, badly: the draws of the game and the whims of its player come from two streams. */
function playBadly(compiled: Compiled, bet: Json, draws: Draws, whims: Draws) {
  const { engine, prepared } = compiled;
  let state = engine.start(prepared, bet, draws);
  let regret = zero;
  const actions: RecordedAction[] = [];
  const take = (action: Action, by: "player" | "default", at?: number) => {
    const taken = at === undefined ? { by } : { by, at };
    const next = engine.act(prepared, state, action, draws, taken);
    regret = add(regret, engine.regret(prepared, state, action, taken));
    actions.push({ ...action, ...taken, version: actions.length + 1 });
    state = next;
  };
  for (;;) {
    const legal = engine.legalActions(prepared, state);
    if (legal.length === 0) break;
    if (engine.clock) {
      // The player means to cash out at this tick, and may have left, or busted, by then.
      const tick = whims.below(3_000);
      const comes = whims.below(20) > 0 && tick < engine.clock.endsAt(prepared, state);
      if (comes) take({ type: "cashOut" }, "player", tick);
      else state = engine.clock.expire(prepared, state);
      continue;
    }
    const action = anyAction(legal, engine.outcome(prepared, state, toText), whims);
    if (action) take(action, "player");
    else take(engine.defaultAction(prepared, state), "default");
  }
  const tally = engine.tally(prepared, state);
  const outcome = (inMoney: InMoney) => engine.outcome(prepared, state, inMoney);
  const replay: Replay = {
    ...{ over: true, legalActions: [], tally, staked: [tally.staked], outcome, regret },
  };
  return { replay, actions };
}

/** So many rounds of this bet, one after the other. */
export function* rounds(
  compiled: Compiled,
  { bet, stake, count }: { bet: Json; stake: bigint; count: number },
  seed: string,
  drawsOf: (seed: string) => Draws = (text) => new FastDraws(text),
): Generator<Luck> {
  const draws = drawsOf(seed);
  const whims = new FastDraws(`the player of ${seed}`);
  const source: RoundSource = {
    ...{ round: "00000000-0000-7000-8000-000000000000", game: "luck", compiled, bet, stake },
    ...{ serverSeed: Buffer.alloc(32), clientSeed: "luck", clientSeedBy: "player", nonce: 0 },
    ...{ entropy: null, currency: "USD", digits: 2, jackpots: [] },
  };
  const bound = Number(exposure(compiled, bet, stake));
  for (let left = count; left > 0; left--) {
    const { replay, actions } = playBadly(compiled, bet, draws, whims);
    const { staked, payout, expected, regret } = standingOf(source, actions, replay);
    const added = Number(staked - stake);
    yield {
      deviation: Number(payout) - added - Number(expected) + Number(regret),
      risk: Number(expected) + 1 + added,
      win: bound + 1 + Number(regret),
    };
  }
}

/** Sums as SQL keeps them, for so many rounds. */
export class Sums implements JudgedPlay {
  rounds = 0n;
  readonly staked = 0n;
  readonly paid = 0n;
  deviation = 0;
  squares = 0;
  largestRisk = 0;
  largestWin = 0;
  readonly openRisk = 0;
  readonly openWin = 0;

  add({ deviation, risk, win }: Luck): void {
    this.rounds += 1n;
    this.deviation += deviation;
    this.squares += deviation ** 2;
    this.largestRisk = Math.max(this.largestRisk, risk);
    this.largestWin = Math.max(this.largestWin, win);
  }
}
