import { returnEntry, winOrNothing } from "../enumerate.ts";
import { add, compare, type Fraction, fraction, max, mul, one, sub, zero } from "../fraction.ts";
import type { Mathematics, Play, ReturnEntry } from "../game.ts";
import {
  type Bet,
  type Config,
  factorOf,
  type Guess,
  guessesOn,
  mostSkips,
  rankCount,
  rankNames,
  rankOf,
  type State,
  winningRanks,
  wins,
} from "./rules.ts";

const everyRank = rankNames.map((_, rank) => rank);

function mean(worth: (rank: number) => Fraction): Fraction {
  return mul(everyRank.map(worth).reduce(add), fraction(1, rankCount));
}

function chanceOf(rank: number, guess: Guess): Fraction {
  return fraction(winningRanks(rank, guess), rankCount);
}

/** What one step returns of what is at stake: never more than all, so that a won product is cashed out. */
function stepReturn(config: Config, rank: number, guess: Guess): Fraction {
  return mul(factorOf(config, rank, guess), chanceOf(rank, guess));
}

/** The guesses that maxMultiplier allows with the first stake. */
function firstGuesses(config: Config, rank: number): readonly Guess[] {
  return guessesOn(rank).filter(
    (guess) => compare(factorOf(config, rank, guess), config.maxMultiplier) <= 0,
  );
}

/** The guess that returns most, the first of equal ones. */
function bestGuess(config: Config, rank: number): Guess {
  return firstGuesses(config, rank).reduce((best, guess) =>
    compare(stepReturn(config, rank, guess), stepReturn(config, rank, best)) > 0 ? guess : best,
  );
}

const known = new WeakMap<Config, Fraction[]>();

/** What a round is worth before the next rank is drawn, by the number of skips that are left after it. */
function worthsOfNext(config: Config): Fraction[] {
  const cached = known.get(config);
  if (cached) return cached;
  const worths: Fraction[] = [];
  for (let skips = 0; skips <= mostSkips; skips++) {
    const skipping = worths.at(-1) ?? zero;
    worths.push(mean((rank) => max(stepReturn(config, rank, bestGuess(config, rank)), skipping)));
  }
  known.set(config, worths);
  return worths;
}

/** What skipping is worth before the first won guess. */
function worthOfSkip(config: Config, state: State): Fraction {
  return worthsOfNext(config)[mostSkips - state.skips - 1] ?? zero;
}

/** What an action is worth, followed by best play: after a won guess that is cashing out. */
function worthOf(config: Config, state: State, type: string): Fraction {
  const { product, won } = state;
  if (type === "cashOut") return won > 0 ? product : zero;
  if (type === "skip") return won > 0 ? product : worthOfSkip(config, state);
  const guess = type as Guess;
  const ends = compare(mul(product, factorOf(config, rankOf(state), guess)), config.maxMultiplier);
  return ends > 0 ? product : mul(product, stepReturn(config, rankOf(state), guess));
}

function bestWorth(config: Config, state: State): Fraction {
  if (state.won > 0) return state.product;
  const rank = rankOf(state);
  return max(stepReturn(config, rank, bestGuess(config, rank)), worthOfSkip(config, state));
}

/** Guesses as best it can, skips ranks while that is worth more, and cashes out the first win. */
function bestPlay(config: Config): Play<Bet, State> {
  return {
    bet: {},
    rtp: hiLoMathematics.expected(config, {}),
    decide(state) {
      if (state.won > 0) return { type: "cashOut" };
      const rank = rankOf(state);
      const guess = bestGuess(config, rank);
      const skips = compare(worthOfSkip(config, state), stepReturn(config, rank, guess)) > 0;
      return { type: skips ? "skip" : guess };
    },
  };
}

/** Makes one kind of guess until so many are won. */
function steadyPlay(
  config: Config,
  pick: (rank: number) => Guess,
  steps: number,
): Play<Bet, State> {
  const worth = (rank: number, product: Fraction, left: number): Fraction => {
    const next = mul(product, factorOf(config, rank, pick(rank)));
    const capped = left < steps && compare(next, config.maxMultiplier) > 0;
    if (left === 0 || capped) return product;
    return mean((drawn) => (wins(rank, pick(rank), drawn) ? worth(drawn, next, left - 1) : zero));
  };
  return {
    bet: {},
    rtp: mean((rank) => worth(rank, one, steps)),
    decide: (state) => ({ type: state.won === steps ? "cashOut" : pick(rankOf(state)) }),
  };
}

function entryOf(config: Config, rank: number, guess: Guess): ReturnEntry {
  const bet = { rank: rankNames[rank] ?? "", guess };
  return returnEntry(bet, winOrNothing(factorOf(config, rank, guess), chanceOf(rank, guess)));
}

export const hiLoMathematics: Mathematics<Config, Bet, State> = {
  returns: (config) =>
    everyRank.flatMap((rank) =>
      firstGuesses(config, rank).map((guess) => entryOf(config, rank, guess)),
    ),

  expected: (config) => worthsOfNext(config)[mostSkips] ?? zero,
  regret: (config, state, action) =>
    sub(bestWorth(config, state), worthOf(config, state, action.type)),

  plays(config) {
    const by = (sign: 1 | -1) => (rank: number) =>
      firstGuesses(config, rank).reduce((picked, guess) =>
        sign * (winningRanks(rank, guess) - winningRanks(rank, picked)) > 0 ? guess : picked,
      );
    const [likelier, rarer] = [by(1), by(-1)];
    return [
      bestPlay(config),
      steadyPlay(config, likelier, 1),
      steadyPlay(config, likelier, 3),
      steadyPlay(config, rarer, 1),
      steadyPlay(config, rarer, 2),
    ];
  },
};
