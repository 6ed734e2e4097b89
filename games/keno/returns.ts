import { gather, returnEntry } from "../enumerate.ts";
import { compare, type Fraction, fraction, zero } from "../fraction.ts";
import type { Mathematics, ReturnEntry } from "../game.ts";
import {
  type Bet,
  type Config,
  hitRange,
  type Paytable,
  paytableFor,
  type State,
} from "./rules.ts";

/** Every round needs what its bet is worth, so that is worked out once for each table. */
const worth = new WeakMap<Paytable, Fraction>();
/** Rarer wins than one in a thousand would tell a simulation nothing. */
const rarestRehearsal = fraction(1, 1_000);

/** C(n, k). */
function choose(n: number, k: number): bigint {
  let ways = 1n;
  for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - k + i)) / BigInt(i);
  return ways;
}

/** The probability of so many hits: C(picks, h) · C(numbers − picks, draws − h) / C(numbers, draws). */
function chanceOf({ numbers, draws }: Config, picks: number, hits: number): Fraction {
  const ways = choose(picks, hits) * choose(numbers - picks, draws - hits);
  return fraction(ways, choose(numbers, draws));
}

function entryOf(config: Config, table: string, picks: number, paytable: Paytable): ReturnEntry {
  const [least, most] = hitRange(config, picks);
  const outcomes = paytable.slice(least, most + 1).map(({ payout }, i) => ({
    multiplier: payout,
    probability: chanceOf(config, picks, least + i),
  }));
  return returnEntry({ table, picks }, gather(outcomes));
}

function entries(config: Config): ReturnEntry[] {
  return [...config.tables].flatMap(([table, paytables]) =>
    [...paytables].map(([picks, paytable]) => entryOf(config, table, picks, paytable)),
  );
}

/** Whether every win comes often enough to be counted. */
function isCommon({ outcomes }: ReturnEntry): boolean {
  return (outcomes ?? []).every(
    ({ multiplier, probability }) =>
      multiplier.n === 0n || compare(probability, rarestRehearsal) >= 0,
  );
}

export const kenoMathematics: Mathematics<Config, Bet, State> = {
  returns: entries,

  expected(config, { table, picks }) {
    const paytable = paytableFor(config, table, picks.length);
    const rtp = worth.get(paytable) ?? entryOf(config, table, picks.length, paytable).rtp;
    worth.set(paytable, rtp);
    return rtp;
  },

  regret: () => zero,

  plays(config) {
    const all = entries(config);
    const common = all.filter(isCommon);
    return (common.length > 0 ? common : all).map(({ bet, rtp }) => {
      const { table, picks } = bet as { table: string; picks: number };
      return { bet: { table, picks: Array.from({ length: picks }, (_, i) => i + 1) }, rtp };
    });
  },
};
