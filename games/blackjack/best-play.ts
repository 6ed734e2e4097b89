import { gather, type Outcome } from "../enumerate.ts";
import { add, div, type Fraction, fraction, mul, one, sub, zero } from "../fraction.ts";
import type { Action } from "../game.ts";
import { halvesOf, type Option } from "./line.ts";
import { type Config, type Hand, type Move, moves, movesOf } from "./moves.ts";
import { cardValue, isBlackjack, pointsOf } from "./points.ts";
import type { State } from "./rules.ts";
import { certain, chance, nothing, type Spread, sum, values, waysOf, weighed } from "./spread.ts";
import { best, dealerTotals, Upcard } from "./upcard.ts";

/** An insurance of half the first stake against a hole card of ten, which any ten of 13 ranks is. */
export const insuranceChance = fraction(4, 13);
export const insurancePays = fraction(3);
const insuranceStake = fraction(1, 2);
const insured = mul(insuranceStake, sub(mul(insuranceChance, insurancePays), one));

const actions = new Map(moves.map((type): [Move, Action] => [type, { type }]));

/** The three cards that a player sees first, in any order of the own two. */
interface Deal {
  up: Upcard;
  hand: Hand;
  /** Of 13³. */
  ways: bigint;
}

/** The best play of one configuration, worked out as far as it is asked for. */
export class BestPlay {
  readonly #config: Config;
  readonly #upcards = new Map<number, Upcard>();
  readonly #decisions = new Map<number, Action>();
  readonly #dealerFrom: ReturnType<typeof dealerTotals>;
  #rtp: Fraction | undefined;

  constructor(config: Config) {
    this.#config = config;
    this.#dealerFrom = dealerTotals(config);
  }

  /** 1 + expected net win: what is staked beyond the first stake is taken off the payout. */
  get rtp(): Fraction {
    this.#rtp ??= this.#deals().reduce((all, deal) => {
      return add(all, mul(chance(deal.ways, 3), this.#worth(deal)));
    }, zero);
    return this.#rtp;
  }

  /** What is paid, in which share of all rounds. */
  outcomes(): Outcome[] {
    let halves = nothing;
    let naturals = zero;
    for (const deal of this.#deals()) {
      const { up, hand, ways } = deal;
      const natural = isBlackjack(hand.cards);
      const lostOrPushed = certain(natural ? 2 : 0);
      const blackjacks = 13n ** BigInt(up.dealer.cards) - casesOf(up.dealer);
      halves = sum(halves, weighed(lostOrPushed, ways * blackjacks, up.dealer.cards + 3));
      if (natural) naturals = add(naturals, mul(chance(ways, 3), up.noBlackjack));
      else halves = sum(halves, weighed(this.#payouts(deal), ways, 3));
    }
    const paid = halves.ways.map((ways, count) => {
      return { multiplier: fraction(count, 2), probability: chance(ways, halves.cards) };
    });
    const won = { multiplier: this.#config.blackjackPays, probability: naturals };
    return gather([...paid, won].filter(({ probability }) => probability.n > 0n));
  }

  /** The legal moves with what they are worth. */
  options(state: State): Option[] {
    const hand = state.hands[state.turn];
    if (state.insurance === "offered" || !hand) {
      return [
        { move: "insure", value: insured },
        { move: "decline", value: zero },
      ];
    }
    const legal = movesOf(this.#config, state.hands, state.turn);
    const { waiting, left } = this.#rivals(state, legal);
    return legal.map((move) => this.#upcardOf(state).option(move, hand, waiting, left));
  }

  /** What an action gives away: as far as the player knows, there is no blackjack after a peek. */
  regret(state: State, type: string): Fraction {
    const options = this.options(state);
    const taken = options.find(({ move }) => move === type)?.value ?? zero;
    const lost = sub(best(options).value, taken);
    return state.insurance === "offered" ? lost : div(lost, this.#upcardOf(state).cost);
  }

  decide(state: State): Action {
    const key = this.#keyOf(state);
    const known = this.#decisions.get(key);
    if (known) return known;
    const { move } = best(this.options(state));
    const action = actions.get(move) ?? { type: move };
    this.#decisions.set(key, action);
    return action;
  }

  /** Equal for states in which the same moves have the same worth. */
  #keyOf(state: State): number {
    const hand = state.hands[state.turn];
    if (state.insurance === "offered" || !hand) return -1;
    const legal = movesOf(this.#config, state.hands, state.turn);
    const mask = moves.reduce((bits, move, i) => bits + (legal.includes(move) ? 2 ** i : 0), 0);
    const { waiting, left } = this.#rivals(state, legal);
    const { hard, ace } = pointsOf(hand.cards);
    const parts = [cardValue(state.dealer[0] ?? 0), hard, Number(ace), mask, waiting, left];
    return parts.reduce((key, part) => key * 128 + part, 0);
  }

  /** Pairs to the right of the hand, and how many splits are left for it and them. */
  #rivals({ hands, turn }: State, legal: readonly Move[]): { waiting: number; left: number } {
    if (!legal.includes("split")) return { waiting: 0, left: 0 };
    const waiting = hands.filter(({ cards: [first = 0, second = 0] }, i) => {
      return i > turn && cardValue(first) === cardValue(second);
    });
    return { waiting: waiting.length, left: this.#config.maxHands - hands.length };
  }

  #upcardOf({ dealer: [card = 0] }: State): Upcard {
    return this.#upcard(cardValue(card));
  }

  #upcard(value: number): Upcard {
    const known = this.#upcards.get(value) ?? new Upcard(this.#config, value, this.#dealerFrom);
    this.#upcards.set(value, known);
    return known;
  }

  #deals(): Deal[] {
    return values.flatMap((up) =>
      values.flatMap((first) =>
        values
          .filter((second) => second >= first)
          .map((second) => {
            const orders = first === second ? 1n : 2n;
            const ways = orders * waysOf(up) * waysOf(first) * waysOf(second);
            const hand = { cards: [first - 1, second - 1], doubled: false };
            return { up: this.#upcard(up), hand, ways };
          }),
      ),
    );
  }

  #worth({ up, hand }: Deal): Fraction {
    if (!isBlackjack(hand.cards)) return this.#choice(up, hand).value;
    const pushed = sub(one, up.noBlackjack);
    return add(pushed, mul(up.noBlackjack, this.#config.blackjackPays));
  }

  #choice(up: Upcard, hand: Hand): Option {
    const legal = movesOf(this.#config, [hand], 0);
    return best(legal.map((move) => up.option(move, hand, 0, this.#config.maxHands - 1)));
  }

  /** In halves of the first stake, over all cases without a dealer's blackjack. */
  #payouts({ up, hand }: Deal): Spread {
    const { move } = this.#choice(up, hand);
    const { dealer } = up;
    if (move === "surrender") return weighed(certain(1), casesOf(dealer), dealer.cards);
    if (move === "split") {
      return up.pair(cardValue(hand.cards[0] ?? 0)).payouts(this.#config.maxHands - 1);
    }
    const line = up.bestLine([move], pointsOf(hand.cards));
    return dealer.ways.reduce((all, ways, total) => {
      return sum(all, weighed(halvesOf(line, total), ways, dealer.cards));
    }, nothing);
  }
}

function casesOf({ ways }: Spread): bigint {
  return ways.reduce((all, count) => all + count, 0n);
}
