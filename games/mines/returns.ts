import { returnEntry, winOrNothing } from "../enumerate.ts";
import { compare, type Fraction, fraction, max, mul, one, sub, zero } from "../fraction.ts";
import type { Mathematics, Play, ReturnEntry } from "../game.ts";
import { type Bet, type Config, ladderOf, type State } from "./rules.ts";

/** Rarer cash-outs than one in a hundred would tell a simulation nothing. */
const rarestRehearsal = fraction(1, 100);
const rehearsedMines = [1, 3, 5, 12, 24];
const rehearsedSafe = [1, 2, 3, 5, 8];

/** The probability that the next tile is safe. */
function safeChance(config: Config, mines: number, opened: number): Fraction {
  return fraction(config.tiles - mines - opened, config.tiles - opened);
}

/** The probability that the first `safe` tiles are all safe. */
function survival(config: Config, mines: number, safe: number): Fraction {
  let chance = one;
  for (let opened = 0; opened < safe; opened++) {
    chance = mul(chance, safeChance(config, mines, opened));
  }
  return chance;
}

/** The value of a round under best play after 0, 1, 2 … safe tiles, worked out from the end. */
function values(config: Config, mines: number): Fraction[] {
  const ladder = ladderOf(config, mines);
  const best: Fraction[] = [];
  let next = zero;
  for (let opened = ladder.length - 1; opened >= 0; opened--) {
    const cashOut = ladder[opened]?.payout ?? zero;
    next = max(cashOut, mul(safeChance(config, mines, opened), next));
    best[opened] = next;
  }
  return best;
}

function entryOf(config: Config, mines: number, safe: number): ReturnEntry {
  const win = ladderOf(config, mines)[safe]?.payout ?? zero;
  return returnEntry({ mines, safe }, winOrNothing(win, survival(config, mines, safe)));
}

function playOf(config: Config, mines: number, safe: number): Play<Bet, State> {
  return {
    bet: { mines },
    rtp: entryOf(config, mines, safe).rtp,
    decide(state) {
      const opened = state.safe.length;
      return opened < safe ? { type: "reveal", tile: opened } : { type: "cashOut" };
    },
  };
}

export const minesMathematics: Mathematics<Config, Bet, State> = {
  returns(config) {
    const entries: ReturnEntry[] = [];
    for (let mines = 1; mines < config.tiles; mines++) {
      for (let safe = 1; safe <= config.tiles - mines; safe++) {
        entries.push(entryOf(config, mines, safe));
      }
    }
    return entries;
  },

  expected: (config, bet) => values(config, bet.mines)[0] ?? zero,

  regret(config, state, action) {
    const mines = state.mines.length;
    const opened = state.safe.length;
    const best = values(config, mines);
    const value =
      action.type === "cashOut"
        ? ladderOf(config, mines)[opened]?.payout
        : mul(safeChance(config, mines, opened), best[opened + 1] ?? zero);
    return sub(best[opened] ?? zero, value ?? zero);
  },

  plays: (config) =>
    rehearsedMines.flatMap((mines) =>
      rehearsedSafe
        .filter((safe) => mines < config.tiles && safe <= config.tiles - mines)
        .filter((safe) => compare(survival(config, mines, safe), rarestRehearsal) >= 0)
        .map((safe) => playOf(config, mines, safe)),
    ),
};
