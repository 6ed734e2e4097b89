// What cards are worth in blackjack.

/** A hand's points with every ace as one, and whether there is an ace that may count eleven. */
export interface Points {
  readonly hard: number;
  readonly ace: boolean;
}

/** What hands are played up to; above it they are bust. */
export const goal = 21;

/** Ace 1, court cards 10. */
export function cardValue(card: number): number {
  return Math.min((card % 13) + 1, 10);
}

export function plus({ hard, ace }: Points, value: number): Points {
  return { hard: hard + value, ace: ace || value === 1 };
}

export function pointsOf(cards: readonly number[]): Points {
  let [hard, ace] = [0, false];
  for (const card of cards) {
    const value = cardValue(card);
    hard += value;
    ace ||= value === 1;
  }
  return { hard, ace };
}

/** The best total. */
export function totalOf({ hard, ace }: Points): number {
  return ace && hard + 10 <= goal ? hard + 10 : hard;
}

/** Two cards that make 21. Whether the hand comes from a split is for the caller to know. */
export function isBlackjack(cards: readonly number[]): boolean {
  return cards.length === 2 && totalOf(pointsOf(cards)) === goal;
}
