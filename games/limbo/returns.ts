import { returnEntry, winOrNothing } from "../enumerate.ts";
import { type Fraction, fraction, mul, zero } from "../fraction.ts";
import type { Mathematics, ReturnEntry } from "../game.ts";
import {
  type Bet,
  type Config,
  drawn,
  hundredths,
  multiplierText,
  type State,
  winningDraws,
} from "./rules.ts";

/** The targets whose returns are listed, beside the largest. */
const listed = ["1.01", "1.50", "2.00", "10.00", "100.00", "1000.00"];
/** Rarer wins than one in a hundred would tell a simulation nothing. */
const rehearsed = ["1.01", "1.50", "2.00", "10.00", "99.00"];

/** Those of the targets that are not above the largest, in hundredths. */
function within(targets: readonly string[], largest: number): number[] {
  return targets.map(hundredths).filter((target) => target <= largest);
}

/** The probability that u wins this multiplier, in hundredths. */
function chanceOf(edge: Fraction, multiplier: number): Fraction {
  return fraction(winningDraws(edge, multiplier), drawn);
}

/** What aiming at this multiplier returns, in hundredths. */
export function returnOf(edge: Fraction, multiplier: number): Fraction {
  return mul(chanceOf(edge, multiplier), fraction(multiplier, 100));
}

/** The returns of the listed targets and of the largest. */
export function targetReturns(edge: Fraction, largest: number): ReturnEntry[] {
  const targets = new Set([...within(listed, largest), largest]);
  return [...targets].map((target) =>
    returnEntry(
      { target: multiplierText(target) },
      winOrNothing(fraction(target, 100), chanceOf(edge, target)),
    ),
  );
}

/** The targets that the simulator aims at. */
export function rehearsedTargets(largest: number): string[] {
  return within(rehearsed, largest).map(multiplierText);
}

export const limboMathematics: Mathematics<Config, Bet, State> = {
  returns: ({ edge, maxTarget }) => targetReturns(edge, maxTarget),
  expected: ({ edge }, { target }) => returnOf(edge, hundredths(target)),
  regret: () => zero,
  plays: (config) =>
    rehearsedTargets(config.maxTarget).map((target) => ({
      bet: { target },
      rtp: returnOf(config.edge, hundredths(target)),
    })),
};
