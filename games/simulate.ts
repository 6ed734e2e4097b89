// Plays the real rules many times and holds the result against the exact return.
import type { Draws } from "./draws.ts";
import { FastDraws } from "./fast-draws.ts";
import {
  add,
  div,
  type Fraction,
  fraction,
  mul,
  one,
  sub,
  toNumber,
  toText,
  zero,
} from "./fraction.ts";
import type { Play, Tally } from "./game.ts";
import type { Compiled } from "./play.ts";

export interface Simulation {
  rounds: number;
  /** Mean of 1 + net win / first stake. */
  rtp: number;
  standardError: number;
  /** The exact return of the plays rehearsed, each weighted by its rounds. */
  exact: string;
  /** How many standard errors lie between the two; null where they differ and the rounds show no spread to measure it by. */
  sigmas: number | null;
  roundsPerSecond: number;
}

/** Counted by the identity of the tally, which engines make once for each payout: no bigint in a round. */
type Counts = Map<Tally, number>;

/** Engines that make a new tally each round are folded now and then, so that memory stays small. */
const mostCounts = 4_096;

interface Moments {
  sum: Fraction;
  squares: Fraction;
}

/** Plays N rounds, shared out evenly over the engine's plays; the seed decides every one of them. */
export function simulate(compiled: Compiled, rounds: number, seed: string): Simulation {
  const plays = compiled.engine.plays(compiled.prepared);
  const draws = new FastDraws(seed);
  let [sum, exact, variance] = [zero, zero, 0];
  const started = performance.now();
  for (const [i, play] of plays.entries()) {
    const share = roundsOf(i, rounds, plays.length);
    if (share === 0) continue;
    const moments = rehearse(compiled, play, share, draws);
    sum = add(sum, moments.sum);
    exact = add(exact, mul(play.rtp, fraction(share)));
    variance += share * sampleVariance(moments, share);
  }
  const seconds = (performance.now() - started) / 1000;
  const mean = div(sum, fraction(rounds));
  const expected = div(exact, fraction(rounds));
  const standardError = Math.sqrt(variance) / rounds;
  const difference = toNumber(sub(mean, expected));
  return {
    rounds,
    rtp: toNumber(mean),
    standardError,
    exact: toText(expected),
    sigmas: sigmasOf(difference, standardError),
    roundsPerSecond: Math.round(rounds / seconds),
  };
}

function sigmasOf(difference: number, standardError: number): number | null {
  if (difference === 0) return 0;
  return standardError === 0 ? null : difference / standardError;
}

/** The first plays take the rounds that do not divide evenly. */
function roundsOf(index: number, rounds: number, plays: number): number {
  return Math.floor(rounds / plays) + (index < rounds % plays ? 1 : 0);
}

function rehearse(compiled: Compiled, play: Play, rounds: number, draws: Draws): Moments {
  let moments: Moments = { sum: zero, squares: zero };
  let counts: Counts = new Map();
  for (let i = 0; i < rounds; i++) {
    const tally = playOne(compiled, play, draws);
    counts.set(tally, (counts.get(tally) ?? 0) + 1);
    if (counts.size > mostCounts) {
      moments = fold(moments, counts);
      counts = new Map();
    }
  }
  return fold(moments, counts);
}

function playOne({ engine, prepared }: Compiled, play: Play, draws: Draws): Tally {
  let state = engine.start(prepared, play.bet, draws);
  while (engine.legalActions(prepared, state).length > 0) {
    if (play.decide) {
      state = engine.act(prepared, state, play.decide(state), draws, { by: "player" });
    } else if (engine.clock) {
      state = engine.clock.expire(prepared, state);
    } else {
      throw new Error(`${engine.name} has a play that decides nothing`);
    }
  }
  return engine.tally(prepared, state);
}

function fold(moments: Moments, counts: Counts): Moments {
  let { sum, squares } = moments;
  for (const [{ staked, payout }, count] of counts) {
    const back = add(one, sub(payout, staked));
    const total = mul(back, fraction(count));
    sum = add(sum, total);
    squares = add(squares, mul(back, total));
  }
  return { sum, squares };
}

function sampleVariance({ sum, squares }: Moments, rounds: number): number {
  if (rounds < 2) return 0;
  const spread = sub(squares, div(mul(sum, sum), fraction(rounds)));
  return toNumber(div(spread, fraction(rounds - 1)));
}
