import { gather, type Outcome, returnEntry } from "../enumerate.ts";
import { add, type Fraction, fraction, mul, zero } from "../fraction.ts";
import type { Mathematics, ReturnEntry } from "../game.ts";
import { type Bet, type Spot, sharesOf, spots } from "./bets.ts";
import { countResults, shoeOf } from "./counting.ts";
import { type Config, payOf, type State } from "./rules.ts";
import { results } from "./table.ts";

/** The probability of each result, in the order of `results`. */
export function chancesOf(config: Config): readonly Fraction[] {
  if (config.chances.length === 0) {
    const ways = countResults(shoeOf(config.decks));
    const all = ways.reduce((sum, count) => sum + count, 0);
    config.chances.push(...ways.map((count) => fraction(count, all)));
  }
  return config.chances;
}

function entryOf(config: Config, spot: Spot): ReturnEntry {
  const chances = chancesOf(config);
  const outcomes: Outcome[] = results.map((result, i) => ({
    multiplier: payOf(config, spot, result),
    probability: chances[i] ?? zero,
  }));
  const side = spot !== "player" && spot !== "banker";
  return returnEntry({ on: spot }, gather(outcomes), side);
}

export const baccaratMathematics: Mathematics<Config, Bet, State> = {
  returns: (config) => spots.map((spot) => entryOf(config, spot)),

  expected(config, bet) {
    const shares = [...sharesOf(bet)];
    return shares.map(([spot, share]) => mul(share, entryOf(config, spot).rtp)).reduce(add, zero);
  },

  regret: () => zero,

  plays: (config) =>
    spots.map((on) => ({
      bet: { bets: [{ on, stake: "1" }] },
      rtp: entryOf(config, on).rtp,
    })),
};
