import { enumerate, gather, returnEntry } from "../enumerate.ts";
import { zero } from "../fraction.ts";
import type { Mathematics, ReturnEntry } from "../game.ts";
import { type Bet, type Config, coinFlip, type State } from "./rules.ts";

function entryOf(config: Config, bet: Bet): ReturnEntry {
  const flips = enumerate((draws) => coinFlip.start(config, bet, draws).tally.payout);
  const outcomes = [...flips].map(({ value, probability }) => ({ multiplier: value, probability }));
  return returnEntry({}, gather(outcomes));
}

export const coinFlipMathematics: Mathematics<Config, Bet, State> = {
  returns: (config) => [entryOf(config, { side: "heads" })],
  expected: (config, bet) => entryOf(config, bet).rtp,
  regret: () => zero,
  plays: (config) =>
    (["heads", "tails"] as const).map((side) => ({
      bet: { side },
      rtp: entryOf(config, { side }).rtp,
    })),
};
