// What the tests of video poker share; nothing else imports it.
import assert from "node:assert/strict";
import type { Draws } from "../draws.ts";
import type { Fraction } from "../fraction.ts";
import type { Action, Json } from "../game.ts";
import { engines } from "../index.ts";
import { ready } from "../testing.ts";
import { classNames } from "./hands.ts";
import { toHold } from "./rules.ts";

export const engine = engines.get("video-poker") ?? assert.fail();
const suits = "cdhs";
const ranks = "A23456789TJQK";

/** "Ah Ts" as cards. */
export function hand(text: string): number[] {
  return text.split(" ").map(([rank = "", suit = ""]) => {
    return ranks.indexOf(rank) + 13 * suits.indexOf(suit);
  });
}

/** A deck with these cards on top. */
export function deck(text: string): Draws {
  const top = hand(text);
  const none = () => assert.fail("only the deck is shuffled");
  const shuffle = (n: number) => {
    assert.equal(n, 52);
    return [...top, ...Array.from({ length: n }, (_, i) => i).filter((i) => !top.includes(i))];
  };
  return { below: none, belowBig: none, choose: none, shuffle };
}

/** "xx..." keeps the first two cards. */
export function hold(places: string): Action {
  return { type: "hold", hold: [...places].map((place) => place === "x") };
}

export const paysOf = (paytable: Json = {}) =>
  (ready(engine, { paytable }).prepared as { pays: Fraction[] }).pays;

/** Every way to choose k of a list. */
function* chosen<T>(list: readonly T[], k: number, from = 0): Generator<T[]> {
  if (k === 0) {
    yield [];
    return;
  }
  for (let i = from; i <= list.length - k; i++) {
    for (const rest of chosen(list, k - 1, i + 1)) yield [list[i] as T, ...rest];
  }
}

/** All 2,598,960 hands; the same list each time. */
export function eachHand(visit: (cards: number[]) => void): void {
  const cards = [0, 0, 0, 0, 0];
  for (let a = 4; a < 52; a++)
    for (let b = 3; b < a; b++)
      for (let c = 2; c < b; c++)
        for (let d = 1; d < c; d++)
          for (let e = 0; e < d; e++) {
            cards.splice(0, 5, a, b, c, d, e);
            visit(cards);
          }
}

/** The place of a class in a list of counts; the last is for hands that pay nothing. */
export function placeOf(name: string | undefined): number {
  const names: readonly (string | undefined)[] = [...classNames, undefined];
  return names.indexOf(name);
}

export function bump(counts: number[], place: number, by = 1): void {
  counts[place] = (counts[place] ?? 0) + by;
}

/** What all draws after a hold come to, one by one. */
export function endingsOf(
  cards: readonly number[],
  mask: number,
  judge: (cards: number[]) => number,
): number[] {
  const rest = Array.from({ length: 52 }, (_, i) => i).filter((card) => !cards.includes(card));
  const keep = cards.filter((_, i) => toHold(mask)[i]);
  const counts: number[] = Array(10).fill(0);
  for (const draw of chosen(rest, 5 - keep.length)) bump(counts, judge([...keep, ...draw]));
  return counts;
}
