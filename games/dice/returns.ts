import { returnEntry, winOrNothing } from "../enumerate.ts";
import { fraction, mul, zero } from "../fraction.ts";
import type { Mathematics } from "../game.ts";
import {
  type Bet,
  type Config,
  mostWinningRolls,
  rolls,
  type State,
  winningRolls,
  winOf,
} from "./rules.ts";

/** From one roll in a hundred to the likeliest: rarer wins would tell a simulation nothing. */
const rehearsed: readonly Bet[] = [
  { under: "1.00" },
  { over: "89.99" },
  { under: "25.00" },
  { over: "50.49" },
  { under: "50.50" },
  { over: "4.99" },
  { under: "98.00" },
];

export const diceMathematics: Mathematics<Config, Bet, State> = {
  returns: (config) =>
    Array.from({ length: mostWinningRolls }, (_, i) => {
      const chance = i + 1;
      const win = winOf(config, chance).payout;
      return returnEntry({ chance }, winOrNothing(win, fraction(chance, rolls)));
    }),

  expected(config, bet) {
    const winning = winningRolls(bet);
    return mul(winOf(config, winning).payout, fraction(winning, rolls));
  },

  regret: () => zero,
  plays: (config) => rehearsed.map((bet) => ({ bet, rtp: diceMathematics.expected(config, bet) })),
};
