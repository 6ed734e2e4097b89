// What the tests of baccarat share; nothing else imports it.
import assert from "node:assert/strict";
import type { Draws } from "../draws.ts";
import { engines } from "../index.ts";

export const engine = engines.get("baccarat") ?? assert.fail();
export const five = ["player", "banker", "tie", "playerPair", "bankerPair"];

/** A shoe whose top is as told. */
export function shoe(...top: number[]): Draws {
  const none = () => assert.fail("only the shoe is shuffled");
  const shuffle = (n: number) => {
    const rest = Array.from({ length: n }, (_, i) => i).filter((i) => !top.includes(i));
    return [...top, ...rest];
  };
  return { below: none, belowBig: none, choose: none, shuffle };
}

/** A card of so many points: 0 is a king. */
export function card(points: number, suit = 0): number {
  return 13 * suit + (points === 0 ? 12 : points - 1);
}

/** As published: rows are the banker's totals 0 … 7, columns the player's third card 0 … 9, and then no third card. */
export const published = [
  "DDDDDDDDDD D",
  "DDDDDDDDDD D",
  "DDDDDDDDDD D",
  "DDDDDDDDSD D",
  "SSDDDDDDSS D",
  "SSSSDDDDSS D",
  "SSSSSSDDSS S",
  "SSSSSSSSSS S",
];
