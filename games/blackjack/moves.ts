// The switches of the rules, and what they allow with a hand.
import type { Fraction } from "../fraction.ts";
import type { Tally } from "../game.ts";
import { cardValue, goal, type Points, pointsOf, totalOf } from "./points.ts";

export interface Config {
  soft17: "stand" | "hit";
  doubleAfterSplit: boolean;
  doubleOn: "any" | "9-11" | "10-11";
  maxHands: number;
  hitSplitAces: boolean;
  resplitAces: boolean;
  surrender: "none" | "late";
  blackjackPays: Fraction;
  insurance: boolean;
  peek: boolean;
  /** By what was staked and paid, made when first asked for. */
  tallies: Map<number, Tally>;
}

export interface Hand {
  /** 0 … 51, in the order drawn. */
  readonly cards: readonly number[];
  readonly doubled: boolean;
}

/** In the order of the contract, which is the order among plays of equal value. */
export const moves = ["hit", "stand", "double", "split", "surrender", "insure", "decline"] as const;
export type Move = (typeof moves)[number];

const nothingToDo: readonly Move[] = [];
const drawOrStand: readonly Move[] = ["hit", "stand"];
const standOrSplit: readonly Move[] = ["stand", "split"];
const doubledTotals = { any: [], "9-11": [9, 10, 11], "10-11": [10, 11] };

/** Whether the dealer stands: on 17 and more, but for a soft 17 where the rules say so. */
export function dealerStands(config: Config, points: Points): boolean {
  const total = totalOf(points);
  const soft = total > points.hard;
  return total > 17 || (total === 17 && !(soft && config.soft17 === "hit"));
}

function mayDouble({ doubleOn }: Config, points: Points): boolean {
  const total = totalOf(points);
  return doubleOn === "any" || (total === points.hard && doubledTotals[doubleOn].includes(total));
}

/** What a player may do with two cards that are below 21. */
function movesOfTwo(config: Config, cards: readonly number[], hands: number): readonly Move[] {
  const [first = 0, second = 0] = cards.map(cardValue);
  const split = hands > 1;
  const splitAce = split && first === 1;
  const maySplit = first === second && hands < config.maxHands && (!splitAce || config.resplitAces);
  if (splitAce && !config.hitSplitAces) return maySplit ? standOrSplit : nothingToDo;
  const list = [...drawOrStand];
  const doubled = !split || config.doubleAfterSplit;
  if (doubled && mayDouble(config, pointsOf(cards))) list.push("double");
  if (maySplit) list.push("split");
  if (!split && config.surrender === "late") list.push("surrender");
  return list;
}

/** What a player may do with a hand; nothing where it stands by itself. */
export function movesOf(config: Config, hands: readonly Hand[], turn: number): readonly Move[] {
  const hand = hands[turn];
  if (!hand || totalOf(pointsOf(hand.cards)) >= goal) return nothingToDo;
  return hand.cards.length > 2 ? drawOrStand : movesOfTwo(config, hand.cards, hands.length);
}
