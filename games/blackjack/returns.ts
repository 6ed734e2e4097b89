import { returnEntry, winOrNothing } from "../enumerate.ts";
import { add, div, one, sub } from "../fraction.ts";
import type { Mathematics, ReturnEntry } from "../game.ts";
import { BestPlay, insuranceChance, insurancePays } from "./best-play.ts";
import type { Config } from "./moves.ts";
import type { Bet, State } from "./rules.ts";

const known = new WeakMap<Config, BestPlay>();

function bestPlay(config: Config): BestPlay {
  const play = known.get(config) ?? new BestPlay(config);
  known.set(config, play);
  return play;
}

function mainEntry(config: Config): ReturnEntry {
  const { rtp } = bestPlay(config);
  const entry = returnEntry({}, bestPlay(config).outcomes());
  const staked = add(one, sub(entry.rtp, rtp));
  return { ...entry, rtp, rtpOfTotal: div(entry.rtp, staked) };
}

export const blackjackMathematics: Mathematics<Config, Bet, State> = {
  returns(config) {
    const insurance = winOrNothing(insurancePays, insuranceChance);
    const side = returnEntry({ insurance: true }, insurance, true);
    return config.insurance ? [mainEntry(config), side] : [mainEntry(config)];
  },

  expected: (config) => bestPlay(config).rtp,
  regret: (config, state, action) => bestPlay(config).regret(state, action.type),

  plays: (config) => [
    { bet: {}, rtp: bestPlay(config).rtp, decide: (state) => bestPlay(config).decide(state) },
  ],
};
