// For the tests: blackjack's returns from its rules alone, in floating point. Every decision is weighed over whole
// rounds; unlike the engine's mathematics nothing takes hands apart or adds their values up.
import type { Draws } from "../draws.ts";
import { toNumber } from "../fraction.ts";
import type { Config, Hand, Move } from "./moves.ts";
import { cardValue, pointsOf, totalOf } from "./points.ts";
import { blackjack, type State } from "./rules.ts";
import { values, waysOf } from "./spread.ts";

/** Expectations: of 1 + net win, of the payout and its square, and of being paid at all. */
export interface Worth {
  net: number;
  paid: number;
  square: number;
  hit: number;
}

/** One game; the deal is given by the state, whose hole card is one of those still possible. */
export class WholeRounds {
  readonly #prepared: Config;
  readonly #worth = new Map<string, Worth>();

  constructor(config: Config) {
    this.#prepared = config;
  }

  /** What each legal action is worth, followed by the best ones. */
  options(state: State): { move: Move; worth: Worth }[] {
    const legal = blackjack.legalActions(this.#prepared, state) as Move[];
    return legal.map((move) => {
      const cards = { split: 2, hit: 1, double: 1 }[move as string] ?? 0;
      const worth = sumOf(
        [...draws(cards)].map(({ drawn, weight }) => {
          const next = this.#act(state, move, drawn);
          const then = next.over ? this.#settled(state, move, drawn, next) : this.best(next);
          return scaled(then, weight);
        }),
      );
      return { move, worth };
    });
  }

  best(state: State): Worth {
    const key = `${finished(state.hands.slice(0, state.turn))} | ${waiting(state)}`;
    const known = this.#worth.get(key);
    if (known) return known;
    const found = this.options(state).reduce((most, it) =>
      it.worth.net > most.worth.net + 1e-12 ? it : most,
    ).worth;
    this.#worth.set(key, found);
    return found;
  }

  /** After these cards only tens come, so that the dealer soon ends. */
  #act(state: State, type: Move, drawn: number[]): State {
    const left = [...drawn];
    return this.#take(state, type, () => (left.shift() ?? 10) - 1);
  }

  #take(state: State, type: Move, below: () => number): State {
    const none = () => {
      throw new Error("only single cards are drawn");
    };
    const cards: Draws = { below, belowBig: none, shuffle: none, choose: none };
    return blackjack.act(this.#prepared, state, { type }, cards, { by: "player" });
  }

  /** The last action again, over all hole cards that are possible and all cards that the dealer can draw. */
  #settled(state: State, move: Move, drawn: number[], end: State): Worth {
    const key = `${finished(end.hands)} ${end.surrendered}`;
    const known = this.#worth.get(key);
    if (known) return known;
    const [up = 0] = state.dealer;
    const blackjack = (hole: number) => totalOf(pointsOf([up, hole - 1])) === 21;
    const holes = values.filter((hole) => !(this.#prepared.peek && blackjack(hole)));
    const all = holes.reduce((sum, hole) => sum + Number(waysOf(hole)), 0);
    const parts = holes.map((hole) => {
      const hidden = { ...state, dealer: [up, hole - 1] };
      return scaled(this.#dealers(hidden, move, drawn), Number(waysOf(hole)) / all);
    });
    const worth = sumOf(parts);
    this.#worth.set(key, worth);
    return worth;
  }

  #dealers(state: State, move: Move, drawn: number[]): Worth {
    const left = [...drawn];
    let missing = false;
    const end = this.#take(state, move, () => {
      const card = left.shift();
      missing ||= card === undefined;
      return (card ?? 10) - 1;
    });
    if (!missing) return this.#paid(end);
    return sumOf(
      values.map((card) =>
        scaled(this.#dealers(state, move, [...drawn, card]), Number(waysOf(card)) / 13),
      ),
    );
  }

  #paid(end: State): Worth {
    const { staked, payout } = blackjack.tally(this.#prepared, end);
    const paid = toNumber(payout);
    const net = paid - toNumber(staked) + 1;
    return { net, paid, square: paid * paid, hit: Number(paid > 0) };
  }
}

function scaled({ net, paid, square, hit }: Worth, by: number): Worth {
  return { net: net * by, paid: paid * by, square: square * by, hit: hit * by };
}

function sumOf(parts: Worth[]): Worth {
  return parts.reduce((a, b) => ({
    net: a.net + b.net,
    paid: a.paid + b.paid,
    square: a.square + b.square,
    hit: a.hit + b.hit,
  }));
}

/** All that still matters of hands that are played. */
function finished(hands: readonly Hand[]): string {
  const shown = hands.map(({ cards, doubled }) => {
    const total = totalOf(pointsOf(cards));
    return `${total > 21 ? "bust" : total}${doubled ? "x2" : ""}`;
  });
  return shown.sort().join(" ");
}

/** All that matters of the hand in play and of those to its right. */
function waiting({ hands, turn }: State): string {
  const shown = hands.slice(turn).map(({ cards }) => {
    const [first, second] = cards.map(cardValue);
    const { hard, ace } = pointsOf(cards);
    const two = cards.length > 2 ? "" : first === second ? " pair" : " two";
    return `${hard}${ace ? " ace" : ""}${two}`;
  });
  return shown.join();
}

function* draws(cards: number): Generator<{ drawn: number[]; weight: number }> {
  if (cards === 0) return yield { drawn: [], weight: 1 };
  for (const { drawn, weight } of draws(cards - 1)) {
    for (const value of values) {
      yield { drawn: [...drawn, value], weight: (weight * Number(waysOf(value))) / 13 };
    }
  }
}
