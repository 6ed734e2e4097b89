import { returnEntry } from "../enumerate.ts";
import { type Fraction, fraction, mul, one, sub, zero } from "../fraction.ts";
import type { Mathematics, ReturnEntry } from "../game.ts";
import { roundMoments, type Spin, type SpinSums } from "./free-spins.ts";
import type { Machine } from "./machine.ts";
import { type Sums, screenSums, squareSums, winSums } from "./moments.ts";
import type { Bet, Config, State } from "./rules.ts";
import { countMisses, countScreens, type Screens } from "./screens.ts";

/** Beyond so many the distribution is not listed; all figures but the worst stake stay exact. */
const mostOutcomes = 10_000;

/** Sums by scatters; what is not asked for is left out. */
interface LineSums {
  screens: Sums;
  wins: Sums;
  squares?: Sums;
  misses?: Sums;
}

/** The screens that trigger free spins and the others, with what their scatters pay. */
function spinOf(machine: Machine, { screens, wins, squares, misses }: LineSums): Spin {
  const nothing: SpinSums = { screens: 0n, wins: 0n, squares: 0n, misses: 0n };
  const spin = { quiet: nothing, trigger: nothing };
  for (const [scatters, count] of screens.entries()) {
    const pay = BigInt(machine.scatterPays[scatters] ?? 0);
    const won = wins[scatters] ?? 0n;
    const triggers = machine.freeSpins && scatters >= machine.freeSpins.trigger;
    const sums = spin[triggers ? "trigger" : "quiet"];
    spin[triggers ? "trigger" : "quiet"] = {
      screens: sums.screens + count,
      wins: sums.wins + won + pay * count,
      squares: sums.squares + (squares?.[scatters] ?? 0n) + 2n * pay * won + pay * pay * count,
      misses: sums.misses + (pay === 0n ? (misses?.[scatters] ?? 0n) : 0n),
    };
  }
  return spin;
}

function inStakes({ unit }: Machine, units: Fraction): Fraction {
  return mul(units, fraction(1n, unit));
}

/** The figures alone, for screens of any size and with free spins. */
function entryFromSums(machine: Machine): ReturnEntry {
  const spin = spinOf(machine, {
    screens: screenSums(machine),
    wins: winSums(machine),
    squares: squareSums(machine),
    misses: countMisses(machine),
  });
  const { mean, square, miss } = roundMoments(spin, machine.freeSpins);
  const rtp = inStakes(machine, mean);
  const variance = sub(inStakes(machine, inStakes(machine, square)), mul(rtp, rtp));
  return { bet: {}, side: false, outcomes: null, rtp, variance, hitRate: sub(one, miss) };
}

/** The whole distribution, where a round is one spin. */
function entryFromScreens(machine: Machine, screens: Screens): ReturnEntry | undefined {
  const counts = new Map<number, bigint>();
  let total = 0n;
  for (const [scatters, byWin] of screens.entries()) {
    for (const [win, count] of byWin) {
      const payout = win + (machine.scatterPays[scatters] ?? 0);
      counts.set(payout, (counts.get(payout) ?? 0n) + count);
      total += count;
    }
  }
  if (counts.size > mostOutcomes) return undefined;
  const outcomes = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([payout, count]) => ({
      multiplier: fraction(payout, machine.unit),
      probability: fraction(count, total),
    }));
  return returnEntry({}, outcomes);
}

function entryOf(machine: Machine): ReturnEntry {
  const screens = machine.freeSpins ? undefined : countScreens(machine);
  return (screens && entryFromScreens(machine, screens)) ?? entryFromSums(machine);
}

const means = new WeakMap<Machine, Fraction>();

/** The mean payout, for which lines need not be followed together. */
function meanOf(machine: Machine): Fraction {
  const known = means.get(machine);
  if (known) return known;
  const spin = spinOf(machine, { screens: screenSums(machine), wins: winSums(machine) });
  const mean = inStakes(machine, roundMoments(spin, machine.freeSpins).mean);
  means.set(machine, mean);
  return mean;
}

export const slotsMathematics: Mathematics<Config, Bet, State> = {
  returns: (config) => [entryOf(config)],
  expected: (config) => meanOf(config),
  regret: () => zero,
  plays: (config) => [{ bet: {}, rtp: meanOf(config) }],
};
