import { gather, type Outcome, returnEntry } from "../enumerate.ts";
import { add, div, fraction, zero } from "../fraction.ts";
import type { Mathematics } from "../game.ts";
import { type Kind, type On, pockets } from "./layout.ts";
import { type Bet, type Config, type RoulettePart, type State, ticketOf } from "./rules.ts";

const sideKinds: ReadonlySet<Kind> = new Set<Kind>(["basket", "topLine"]);

/** What each number pays, all as likely as each other. */
function outcomesOf(config: Config, bet: Bet): Outcome[] {
  const probability = fraction(1, pockets(config.wheel));
  return gather(ticketOf(config, bet).map(({ payout }) => ({ multiplier: payout, probability })));
}

function partOn({ kind, on }: { kind: Kind; on: On }): RoulettePart {
  return { kind, ...(on === undefined ? {} : { on }), stake: "1" };
}

/** A part for each kind of the wheel, wherever it may stand: one place of a kind is worth another. */
function onePartOfEach({ spots }: Config): RoulettePart[] {
  const seen = new Set<Kind>();
  return [...spots.values()].flatMap((spot) => {
    if (seen.has(spot.kind)) return [];
    seen.add(spot.kind);
    return [partOn(spot)];
  });
}

export const rouletteMathematics: Mathematics<Config, Bet, State> = {
  returns: (config) =>
    onePartOfEach(config).map((part) =>
      returnEntry(
        { kind: part.kind },
        outcomesOf(config, { bets: [part] }),
        sideKinds.has(part.kind),
      ),
    ),

  expected(config, bet) {
    const ticket = ticketOf(config, bet);
    const sum = ticket.map(({ payout }) => payout).reduce(add, zero);
    return div(sum, fraction(ticket.length));
  },

  regret: () => zero,

  plays(config) {
    const parts = onePartOfEach(config);
    return [...parts.map((part) => [part]), parts].map((bets) => ({
      bet: { bets },
      rtp: rouletteMathematics.expected(config, { bets }),
    }));
  },
};
