import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { spotsOf, type Wheel } from "./layout.ts";

/** Where a number lies: its row from the zero on, and its place in the row. */
function at(number: number): [row: number, column: number] {
  return [Math.floor((number - 1) / 3), (number - 1) % 3];
}

/** The pairs, rows, squares and double rows of the table, found by looking at every set of cells. */
function touching(): { [kind: string]: number[][] } {
  const cells = Array.from({ length: 36 }, (_, i) => i + 1);
  const box = (first: number, rows: number, columns: number) => {
    const [row, column] = at(first);
    if (row + rows > 12 || column + columns > 3) return [];
    const inside = (number: number) => {
      const [r, c] = at(number);
      return r >= row && r < row + rows && c >= column && c < column + columns;
    };
    return [cells.filter(inside)];
  };
  const boxes = (rows: number, columns: number) =>
    cells.flatMap((cell) => box(cell, rows, columns));
  return {
    straight: boxes(1, 1),
    split: [...boxes(1, 2), ...boxes(2, 1)],
    street: boxes(1, 3),
    corner: boxes(2, 2),
    line: boxes(2, 3),
  };
}

const zeros: { [wheel in Wheel]: { [kind: string]: number[][] } } = {
  european: {
    straight: [[0]],
    split: [
      [0, 1],
      [0, 2],
      [0, 3],
    ],
    street: [
      [0, 1, 2],
      [0, 2, 3],
    ],
    basket: [[0, 1, 2, 3]],
  },
  american: {
    straight: [[0], [37]],
    split: [
      [0, 1],
      [0, 2],
      [0, 37],
      [2, 37],
      [3, 37],
    ],
    street: [
      [0, 1, 2],
      [0, 2, 37],
      [2, 3, 37],
    ],
    topLine: [[0, 1, 2, 3, 37]],
  },
};

/** The outside bets as any table prints them. */
const outside: { [kind: string]: number[] } = {
  red: [1, 3, 5, 7, 9, 12, 14, 16, 18, 19, 21, 23, 25, 27, 30, 32, 34, 36],
  black: [2, 4, 6, 8, 10, 11, 13, 15, 17, 20, 22, 24, 26, 28, 29, 31, 33, 35],
  odd: [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35],
  even: [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36],
  low: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18],
  high: [19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36],
  "dozen 1": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  "dozen 2": [13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  "dozen 3": [25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36],
  "column 1": [1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 34],
  "column 2": [2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35],
  "column 3": [3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36],
};

/** Places as texts, in an order of their own. */
function listed(places: Iterable<readonly number[]>): string[] {
  return [...places].map(String).sort();
}

describe("a roulette table", () => {
  for (const wheel of ["european", "american"] as const) {
    const spots = spotsOf(wheel);
    const placesOf = (kind: string) => spots.filter((spot) => spot.kind === kind);

    for (const kind of ["straight", "split", "street", "corner", "line", "basket", "topLine"]) {
      it(`of the ${wheel} wheel has every ${kind} and no other`, () => {
        const found = placesOf(kind);
        const expected = [...(touching()[kind] ?? []), ...(zeros[wheel][kind] ?? [])];
        assert.deepEqual(listed(found.map(({ numbers }) => numbers)), listed(expected));
        assert.ok(found.every(({ on, numbers }) => String(on) === String(numbers)));
      });
    }

    it(`of the ${wheel} wheel has the outside bets as they are printed`, () => {
      const wide = spots.filter(({ numbers }) => numbers.length >= 12);
      const named = wide.map(({ kind, on, numbers }) => [
        on === undefined ? kind : `${kind} ${on}`,
        numbers,
      ]);
      assert.deepEqual(Object.fromEntries(named), outside);
    });
  }

  it("has as many places as there are", () => {
    const count = (wheel: Wheel, kind: string) =>
      spotsOf(wheel).filter((spot) => spot.kind === kind).length;
    const kinds = ["straight", "split", "street", "corner", "basket", "topLine", "line"];
    assert.deepEqual(
      kinds.map((kind) => count("european", kind)),
      [37, 60, 14, 22, 1, 0, 11],
    );
    assert.deepEqual(
      kinds.map((kind) => count("american", kind)),
      [38, 62, 15, 22, 0, 1, 11],
    );
  });
});
