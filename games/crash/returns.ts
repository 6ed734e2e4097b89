import { type Fraction, fraction, sub } from "../fraction.ts";
import type { Mathematics } from "../game.ts";
import { rehearsedTargets, returnOf, targetReturns } from "../limbo/returns.ts";
import { drawn, hundredths, winningDraws } from "../limbo/rules.ts";
import { tickOf } from "./curve.ts";
import { type Bet, type Config, multiplierAt, type State, targetOf, tickTaken } from "./rules.ts";

/** For each tick the best return of a cash-out up to it, in parts of 100 · 2^52; made when first asked for. */
const bests = new WeakMap<Config, BigUint64Array>();
const parts = BigInt(drawn) * 100n;

function bestsOf(config: Config): BigUint64Array {
  const known = bests.get(config);
  if (known) return known;
  const { curve, edge } = config;
  const found = new BigUint64Array(curve.length);
  let [best, last] = [0n, 0];
  for (const [tick, multiplier] of curve.entries()) {
    if (multiplier !== last) {
      const worth = BigInt(winningDraws(edge, multiplier)) * BigInt(multiplier);
      if (worth > best) best = worth;
      last = multiplier;
    }
    found[tick] = best;
  }
  bests.set(config, found);
  return found;
}

/**
 * What a round is worth that ends at this multiplier at the latest. Nothing is learned before its end, so
 * that best play is the best plan: the target, or a tick before it.
 */
function bestUpTo(config: Config, target: number): Fraction {
  const atTarget = BigInt(winningDraws(config.edge, target)) * BigInt(target);
  const before = bestsOf(config)[tickOf(config.curve, target) - 1] ?? 0n;
  return fraction(atTarget > before ? atTarget : before, parts);
}

export const crashMathematics: Mathematics<Config, Bet, State> = {
  returns: ({ edge, largest }) => targetReturns(edge, largest),
  expected: (config, bet) => bestUpTo(config, targetOf(config, bet)),

  regret(config, { target }, _, taken) {
    const multiplier = multiplierAt(config, target, tickTaken(taken));
    return sub(bestUpTo(config, target), returnOf(config.edge, multiplier));
  },

  plays: ({ edge, largest }) =>
    rehearsedTargets(largest).map((autoCashOut) => ({
      bet: { autoCashOut },
      rtp: returnOf(edge, hundredths(autoCashOut)),
    })),
};
