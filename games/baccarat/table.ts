// The punto banco table: who takes a card, and what two hands come to.

export type Hand = "player" | "banker";

/** What the spots of the layout are judged by. */
export interface Result {
  readonly winner: Hand | "tie";
  readonly playerPair: boolean;
  readonly bankerPair: boolean;
}

const natural = 8;
/** The player draws up to this total, and so does the banker where the player stood. */
const lastDraw = 5;
/** For totals of the banker from 0 on, the points of the player's third card on which the banker draws. */
const bankerDrawsOn: readonly string[] = [
  "0123456789",
  "0123456789",
  "0123456789",
  "012345679",
  "234567",
  "4567",
  "67",
];

/** Aces count 1, tens and pictures 0. */
export function pointsOf(card: number): number {
  const rank = card % 13;
  return rank < 9 ? rank + 1 : 0;
}

/** The last digit of the sum. */
export function totalOf(cards: readonly number[]): number {
  let sum = 0;
  for (const card of cards) sum += pointsOf(card);
  return sum % 10;
}

/** Whether the banker draws against the points of the player's third card. */
export function bankerDraws(total: number, third: number): boolean {
  return bankerDrawsOn[total]?.includes(String(third)) ?? false;
}

/** Who takes the next card; undefined once both hands stand. */
export function nextTaker(player: readonly number[], banker: readonly number[]): Hand | undefined {
  if (banker.length < 2) return player.length > banker.length ? "banker" : "player";
  if (banker.length > 2) return undefined;
  const bankerTotal = totalOf(banker);
  const third = player[2];
  if (third !== undefined) {
    return bankerDraws(bankerTotal, pointsOf(third)) ? "banker" : undefined;
  }
  const playerTotal = totalOf(player);
  if (playerTotal >= natural || bankerTotal >= natural) return undefined;
  if (playerTotal <= lastDraw) return "player";
  return bankerTotal <= lastDraw ? "banker" : undefined;
}

/** Every result, each once: rounds and distributions name them by their place in this list. */
export const results: readonly Result[] = (["player", "banker", "tie"] as const).flatMap((winner) =>
  [false, true].flatMap((playerPair) =>
    [false, true].map((bankerPair) => ({ winner, playerPair, bankerPair })),
  ),
);

function isPair(cards: readonly number[]): boolean {
  const [first = 0, second = 1] = cards;
  return first % 13 === second % 13;
}

/** The place in `results` of what two finished hands come to. */
export function resultOf(player: readonly number[], banker: readonly number[]): number {
  const lead = totalOf(player) - totalOf(banker);
  const winner = lead === 0 ? 2 : Number(lead < 0);
  return 4 * winner + 2 * Number(isPair(player)) + Number(isPair(banker));
}
