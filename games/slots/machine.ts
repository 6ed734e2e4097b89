// A slot in numbers: symbols counted from 0, payouts as whole units of a common denominator.
import { type Fraction, fraction, lcm, max, mul, parseFraction, zero } from "../fraction.ts";
import type { Problem } from "../game.ts";
import { type Award, type LineTable, lineTable, type Wild } from "./paytable.ts";
import { type Reels, stripReels, weightedReels } from "./reels.ts";
import { type PaysByCount, problemsOf, reelCount, type Sheet, symbolsOf } from "./sheet.ts";

export interface FreeSpins {
  readonly trigger: number;
  readonly count: number;
  readonly multiplier: Fraction;
  readonly retrigger: boolean;
  readonly max: number;
}

export interface Machine {
  readonly symbols: readonly string[];
  readonly rows: number;
  readonly reels: Reels;
  /** For each line its row by reel. */
  readonly lines: readonly (readonly number[])[];
  /** The same as cells of a screen. */
  readonly paths: readonly (readonly number[])[];
  /** How a line's symbols lead to its win; see paytable.ts. */
  readonly table: LineTable;
  /** Payouts are counted in 1/unit of the round's stake, exactly: they stay below 2^53. */
  readonly unit: bigint;
  /** What a line wins at least in each state of the table, in units. */
  readonly wins: Float64Array;
  readonly scatter: number | undefined;
  /** What so many scatters pay, in units, by their number. */
  readonly scatterPays: Float64Array;
  readonly freeSpins: FreeSpins | undefined;
}

/** Payouts of one screen times its cells stay below this, so that both fit one exact number. */
const exactIntegers = 2n ** 53n;

/** Reads a sheet that has passed its schema. */
export function machineOf(sheet: Sheet): { machine: Machine } | { problems: Problem[] } {
  const problems = problemsOf(sheet);
  if (problems.length > 0) return { problems };
  const symbols = symbolsOf(sheet);
  const indexOf = (name: string) => symbols.indexOf(name);
  const { rows, lines, scatter, freeSpins } = sheet;
  const reelsCount = reelCount(sheet);
  const table = lineTable(
    awardsOf(sheet, indexOf),
    wildOf(sheet, indexOf),
    symbols.length,
    reelsCount,
  );
  if (!table) {
    const message = "the groups overlap in too many ways: use fewer groups or reels";
    return { problems: [{ pointer: "/groups", message }] };
  }
  const perLine = fraction(1, lines.length);
  const lineWins = table.wins.map((win) => mul(win, perLine));
  const cells = rows * reelsCount;
  const scatters = Array.from({ length: cells + 1 }, (_, n) => scatterPay(scatter?.pays ?? {}, n));
  const unit = [...lineWins, ...scatters].reduce((common, { d }) => lcm(common, d), 1n);
  const units = (pays: readonly Fraction[]) =>
    Float64Array.from(pays, ({ n, d }) => Number((n * unit) / d));
  const { n, d } = lineWins.reduce(max, zero);
  const most = scatters.reduce(max, zero);
  const mostUnits = (n * unit * BigInt(lines.length)) / d + (most.n * unit) / most.d;
  if (mostUnits * BigInt(cells + 1) >= exactIntegers) {
    const message =
      "the pays have too many different denominators: use fewer decimals, or lower pays";
    return { problems: [{ pointer: "/pays", message }] };
  }
  return {
    machine: {
      symbols,
      rows,
      reels: reelsOf(sheet, symbols, indexOf),
      lines,
      paths: lines.map((line) => line.map((row, reel) => reel * rows + row)),
      table,
      unit,
      wins: units(lineWins),
      scatter: scatter ? indexOf(scatter.symbol) : undefined,
      scatterPays: units(scatters),
      freeSpins: freeSpins && {
        ...freeSpins,
        multiplier: parseFraction(freeSpins.multiplier),
      },
    },
  };
}

function reelsOf(sheet: Sheet, symbols: string[], indexOf: (name: string) => number): Reels {
  if (sheet.reels)
    return stripReels(
      sheet.reels.map((strip) => strip.map(indexOf)),
      sheet.rows,
    );
  const bySymbol = new Map(Object.entries(sheet.weights ?? {}));
  const weights = Array.from({ length: reelCount(sheet) }, (_, reel) =>
    symbols.map((name) => bySymbol.get(name)?.[reel] ?? 0),
  );
  return weightedReels(weights, sheet.rows);
}

function wildOf({ wild }: Sheet, indexOf: (name: string) => number): Wild | undefined {
  return (
    wild && { ...wild, symbol: indexOf(wild.symbol), multiplier: parseFraction(wild.multiplier) }
  );
}

function awardsOf(sheet: Sheet, indexOf: (name: string) => number): Award[] {
  const { pays, groups, wild, scatter } = sheet;
  const award = (names: string[], byCount: PaysByCount): Award => {
    const onlyScatter = names.every((name) => name === scatter?.symbol);
    const members = wild && !onlyScatter ? [...names, wild.symbol] : names;
    const paysByCount: Fraction[] = [];
    for (const [count, text] of Object.entries(byCount)) {
      paysByCount[Number(count)] = parseFraction(text);
    }
    return { members: new Set(members.map(indexOf)), pays: paysByCount };
  };
  return [
    ...Object.entries(pays).map(([name, byCount]) => award([name], byCount)),
    ...Object.values(groups ?? {}).map((group) => award(group.symbols, group.pays)),
  ];
}

/** The largest listed count that is not above their number pays. */
function scatterPay(pays: PaysByCount, scatters: number): Fraction {
  const reached = Object.keys(pays)
    .map(Number)
    .filter((count) => count <= scatters);
  const pay = reached.length > 0 ? pays[Math.max(...reached)] : undefined;
  return pay === undefined ? zero : parseFraction(pay);
}

/** The number from which on more scatters change nothing. */
export function tellingScatters({ scatter, scatterPays, freeSpins }: Machine): number {
  if (scatter === undefined) return 0;
  let telling = Math.min(freeSpins?.trigger ?? 0, scatterPays.length - 1);
  for (let n = 1; n < scatterPays.length; n++) {
    if (scatterPays[n] !== scatterPays[n - 1]) telling = Math.max(telling, n);
  }
  return telling;
}
