// Baccarat: punto banco with bets on both hands, the tie and pairs. docs/games.md has the contract.
import type { Draws } from "../draws.ts";
import { add, type Fraction, fraction, max, mul, one, parseFraction, zero } from "../fraction.ts";
import { IllegalAction, type Rules, type Tally } from "../game.ts";
import { partsProblems } from "../parts.ts";
import { type Bet, betSchema, type Spot, sharesOf, spots } from "./bets.ts";
import configSchema from "./config.schema.json" with { type: "json" };
import { nextTaker, type Result, resultOf, results } from "./table.ts";

export interface Config {
  decks: number | "infinite";
  bankerPays: Fraction;
  tiePays: Fraction;
  pairPays: Fraction;
  tickets: WeakMap<Bet, readonly Tally[]>;
  /** The probability of each result, made when first asked for. */
  chances: Fraction[];
}

export interface State {
  readonly player: readonly number[];
  readonly banker: readonly number[];
  readonly tally: Tally;
}

const deck = 52;
const evenMoney = fraction(2);
const nothingToDo: readonly string[] = [];

/** What a result pays of a stake on one spot: player and banker push on a tie. */
export function payOf(config: Config, spot: Spot, result: Result): Fraction {
  switch (spot) {
    case "tie":
      return result.winner === "tie" ? config.tiePays : zero;
    case "playerPair":
    case "bankerPair":
      return result[spot] ? config.pairPays : zero;
    default:
      if (result.winner === "tie") return one;
      if (result.winner !== spot) return zero;
      return spot === "banker" ? config.bankerPays : evenMoney;
  }
}

/** The tallies of a bet by result, worked out once for each. */
function ticketOf(config: Config, bet: Bet): readonly Tally[] {
  const known = config.tickets.get(bet);
  if (known) return known;
  const shares = [...sharesOf(bet)];
  const ticket = results.map((result) => {
    const pays = shares.map(([spot, share]) => mul(share, payOf(config, spot, result)));
    return { staked: one, payout: pays.reduce(add, zero) };
  });
  config.tickets.set(bet, ticket);
  return ticket;
}

/** Cards one after the other, as the rules ask for them. */
function dealer(config: Config, draws: Draws): () => number {
  if (config.decks === "infinite") return () => draws.below(deck);
  const shoe = draws.shuffle(deck * config.decks);
  let top = 0;
  return () => (shoe[top++] ?? 0) % deck;
}

export const baccarat: Rules<Config, Bet, State> = {
  name: "baccarat",
  version: "1.0.0",
  configSchema,
  actionSchema: null,

  prepare(config) {
    const { decks, ...pays } = config as {
      decks: Config["decks"];
      bankerPays: string;
      tiePays: string;
      pairPays: string;
    };
    return {
      config: {
        decks,
        bankerPays: parseFraction(pays.bankerPays),
        tiePays: parseFraction(pays.tiePays),
        pairPays: parseFraction(pays.pairPays),
        tickets: new WeakMap(),
        chances: [],
      },
    };
  },

  betSchema: () => betSchema,
  checkBet: (_, bet, stake) => partsProblems(bet.bets, stake),

  // One deck is enough for every result, so that the bound is always reached by some round.
  bound: (config, bet) =>
    ticketOf(config, bet)
      .map(({ payout }) => payout)
      .reduce(max),

  maxMultiplier: (config) =>
    spots.flatMap((spot) => results.map((result) => payOf(config, spot, result))).reduce(max),

  start(config, bet, draws) {
    const next = dealer(config, draws);
    const hands = { player: [] as number[], banker: [] as number[] };
    for (;;) {
      const taker = nextTaker(hands.player, hands.banker);
      if (!taker) break;
      hands[taker].push(next());
    }
    const tally = ticketOf(config, bet)[resultOf(hands.player, hands.banker)];
    if (!tally) throw new Error("every result has a tally");
    return { ...hands, tally };
  },

  act() {
    throw new IllegalAction({ pointer: "/type", message: "the round is over" });
  },

  legalActions: () => nothingToDo,

  defaultAction() {
    throw new Error("a round of baccarat is over when it starts");
  },

  tally: (_, state) => state.tally,
  outcome: (_, state) => ({ player: [...state.player], banker: [...state.banker] }),
};
