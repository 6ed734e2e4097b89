// The moments of a whole round: one spin, and the free ones that it or they themselves win.
import { add, type Fraction, fraction, mul } from "../fraction.ts";
import type { FreeSpins } from "./machine.ts";

/** Sums over a set of screens: how many there are, their wins, the squares of these, and how many win nothing. */
export interface SpinSums {
  readonly screens: bigint;
  readonly wins: bigint;
  readonly squares: bigint;
  readonly misses: bigint;
}

/** All screens: those that leave things as they are, and those that win free spins. */
export interface Spin {
  readonly quiet: SpinSums;
  readonly trigger: SpinSums;
}

/** The mean payout of a round, the mean of its square, and the probability that it pays nothing. */
export interface RoundMoments {
  readonly mean: Fraction;
  readonly square: Fraction;
  readonly miss: Fraction;
}

/** The same of what is still to come, as numerators over a common denominator. */
interface ToCome {
  readonly mean: bigint;
  readonly square: bigint;
  readonly miss: bigint;
}

/** The moments of a round in units of a win; without `free` no screen may be a trigger. */
export function roundMoments({ quiet, trigger }: Spin, free: FreeSpins | undefined): RoundMoments {
  const all = quiet.screens + trigger.screens;
  const mean = fraction(quiet.wins + trigger.wins, all);
  const square = fraction(quiet.squares + trigger.squares, all);
  if (!free || trigger.screens === 0n) return { mean, square, miss: fraction(quiet.misses, all) };
  const { toCome, denominator } = freeMoments({ quiet, trigger }, free);
  const freeMean = mul(free.multiplier, fraction(toCome.mean, denominator));
  const freeSquare = mul(
    mul(free.multiplier, free.multiplier),
    fraction(toCome.square, denominator),
  );
  const chance = fraction(trigger.screens, all);
  const both = mul(fraction(2n * trigger.wins, all), freeMean);
  const quietMiss = fraction(quiet.misses, all);
  const freeMiss = mul(fraction(trigger.misses, all), fraction(toCome.miss, denominator));
  return {
    mean: add(mean, mul(chance, freeMean)),
    square: add(square, add(both, mul(chance, freeSquare))),
    miss: add(quietMiss, freeMiss),
  };
}

/**
 * What free spins win together, before their multiplier. The state is the number of spins played and of spins
 * awarded; from the last possible spin back, the values after one more are known. All values with the same number
 * of spins played share a denominator, the number of screens to the power of the spins left, so no fraction is
 * ever reduced on the way.
 */
function freeMoments(spin: Spin, free: FreeSpins): { toCome: ToCome; denominator: bigint } {
  const levels = awardLevels(free);
  const all = spin.quiet.screens + spin.trigger.screens;
  const most = levels.at(-1) ?? 0;
  let denominator = 1n;
  let values: ToCome[] = levels.map(() => ({ mean: 0n, square: 0n, miss: 1n }));
  for (let played = most - 1; played >= 0; played--) {
    const after = values;
    const before = denominator;
    denominator *= all;
    values = levels.map((awarded, level) => {
      // A level above the number of spins played cannot have been reached: nothing asks for its value.
      if (played >= awarded || level > played) return { mean: 0n, square: 0n, miss: denominator };
      const next = free.retrigger ? Math.min(level + 1, levels.length - 1) : level;
      return spinBefore(spin, before, after[level], after[next]);
    });
  }
  return { toCome: values[0] ?? { mean: 0n, square: 0n, miss: denominator }, denominator };
}

/** How many spins can have been awarded: the first award, and each one more until the most. */
function awardLevels({ count, retrigger, max }: FreeSpins): number[] {
  const levels = [Math.min(count, max)];
  for (let spins = 2 * count; retrigger && (levels.at(-1) ?? max) < max; spins += count) {
    levels.push(Math.min(spins, max));
  }
  return levels;
}

function spinBefore(
  { quiet, trigger }: Spin,
  before: bigint,
  afterQuiet: ToCome | undefined,
  afterTrigger: ToCome | undefined,
): ToCome {
  if (!afterQuiet || !afterTrigger) throw new RangeError("every award has a level");
  return {
    mean:
      (quiet.wins + trigger.wins) * before +
      quiet.screens * afterQuiet.mean +
      trigger.screens * afterTrigger.mean,
    square:
      (quiet.squares + trigger.squares) * before +
      2n * (quiet.wins * afterQuiet.mean + trigger.wins * afterTrigger.mean) +
      quiet.screens * afterQuiet.square +
      trigger.screens * afterTrigger.square,
    miss: quiet.misses * afterQuiet.miss + trigger.misses * afterTrigger.miss,
  };
}
