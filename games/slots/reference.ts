// The rules of docs/games.md once more, cell by cell and slowly, for the tests to hold the engine against.
import {
  add,
  compare,
  type Fraction,
  fraction,
  mul,
  one,
  parseFraction,
  zero,
} from "../fraction.ts";
import type { PaysByCount, Sheet } from "./sheet.ts";

/** A screen by reel, and in it by row. */
type Symbols = readonly (readonly string[])[];

const higher = (a: Fraction, b: Fraction) => (compare(a, b) >= 0 ? a : b);

/** What one line pays, per line stake. */
function linePays(sheet: Sheet, cells: readonly string[]): Fraction {
  const { wild, scatter, pays, groups } = sheet;
  const isWild = (cell: string) => wild !== undefined && cell === wild.symbol;
  const awards = [
    ...Object.entries(pays).map(([symbol, byCount]) => ({
      holds: (cell: string) => cell === symbol || (isWild(cell) && symbol !== scatter?.symbol),
      byCount,
    })),
    ...Object.values(groups ?? {}).map(({ symbols, pays: byCount }) => ({
      holds: (cell: string) =>
        symbols.includes(cell) || (isWild(cell) && symbols.some((it) => it !== scatter?.symbol)),
      byCount,
    })),
  ];
  const wins = awards.flatMap(({ holds, byCount }) =>
    Object.entries(byCount).map(([count, text]) => {
      const used = cells.slice(0, Number(count));
      if (used.length < Number(count) || !used.every(holds)) return zero;
      const wilds = used.filter(isWild).length;
      return multiplied(sheet, parseFraction(text), wilds);
    }),
  );
  return wins.reduce(higher, zero);
}

function multiplied({ wild }: Sheet, win: Fraction, wilds: number): Fraction {
  if (!wild || wilds === 0) return win;
  const times = wild.each ? wilds : 1;
  return Array.from({ length: times }, () => parseFraction(wild.multiplier)).reduce(mul, win);
}

function scattersIn({ scatter }: Sheet, screen: Symbols): number {
  return screen.flat().filter((cell) => cell === scatter?.symbol).length;
}

function scattersPay(pays: PaysByCount, scatters: number): Fraction {
  for (let count = scatters; count > 0; count--) {
    const pay = pays[count];
    if (pay !== undefined) return parseFraction(pay);
  }
  return zero;
}

/** What one screen pays, per stake of the round. */
function screenPays(sheet: Sheet, screen: Symbols): Fraction {
  const perLine = fraction(1, sheet.lines.length);
  const lines = sheet.lines.map((line) =>
    linePays(
      sheet,
      line.map((row, reel) => screen[reel]?.[row] ?? ""),
    ),
  );
  const scatters = scattersPay(sheet.scatter?.pays ?? {}, scattersIn(sheet, screen));
  return add(mul(lines.reduce(add, zero), perLine), scatters);
}

/** A screen, drawn as the contract says: reel by reel, or cell by cell from the top down. */
function drawScreen(sheet: Sheet, below: (n: number) => number): string[][] {
  const rows = Array.from({ length: sheet.rows }, (_, row) => row);
  if (sheet.reels) {
    return sheet.reels.map((strip) => {
      const stop = below(strip.length);
      return rows.map((row) => strip[(stop + row) % strip.length] ?? "");
    });
  }
  const utf8 = new TextEncoder();
  const hex = (name: string) => Buffer.from(utf8.encode(name)).toString("hex");
  const weights = Object.entries(sheet.weights ?? {}).sort(([a], [b]) =>
    hex(a) < hex(b) ? -1 : 1,
  );
  const reels = Array.from({ length: weights[0]?.[1].length ?? 0 }, (_, reel) => reel);
  return reels.map((reel) => {
    const tickets = weights.flatMap(([name, by]) => Array<string>(by[reel] ?? 0).fill(name));
    return rows.map(() => tickets[below(tickets.length)] ?? "");
  });
}

/** A whole round from its draws. */
export function referenceRound(
  sheet: Sheet,
  below: (n: number) => number,
): { spins: string[][][]; pays: Fraction } {
  const { freeSpins } = sheet;
  const spins: string[][][] = [];
  let [pays, left, awarded] = [zero, 1, 0];
  while (left > 0) {
    const screen = drawScreen(sheet, below);
    const free = spins.length > 0;
    spins.push(screen);
    left -= 1;
    const factor = free ? parseFraction(freeSpins?.multiplier ?? "1") : one;
    pays = add(pays, mul(factor, screenPays(sheet, screen)));
    const wins = freeSpins && scattersIn(sheet, screen) >= freeSpins.trigger;
    if (wins && (!free || freeSpins.retrigger)) {
      const more = Math.min(freeSpins.count, freeSpins.max - awarded);
      awarded += more;
      left += more;
    }
  }
  return { spins, pays };
}
