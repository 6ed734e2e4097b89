// Symbols of a draw that tell lines the same are followed once: on a screen of weighted cells most of them break every
// line, and which of them did it tells nothing.
import type { Machine } from "./machine.ts";
import type { LineTable } from "./paytable.ts";
import { type Draw, planOf, type Shown } from "./plan.ts";

/** A set of symbols, a bit for each; machines with more symbols than bits follow every symbol. */
type SymbolSet = number;
const bits = 31;

const settled = 0;

/** The draws of a screen as all its lines see them. */
export function alikeDraws(machine: Machine): AlikeDraw[] {
  const { table, symbols, lines } = machine;
  const draws = planOf(machine, lines);
  const byCell = draws.every(({ shown }) => shown.every((one) => one.symbols.length === 1));
  const telling = byCell && symbols.length <= bits ? tellingSymbols(table) : undefined;
  return draws.map((draw) => new AlikeDraw(draw, telling));
}

/** A draw that shows lines those of its options together that move every one of them alike. */
export class AlikeDraw {
  readonly moves: Draw["moves"];
  readonly #shown: readonly Shown[];
  readonly #telling: Uint32Array | undefined;
  readonly #merged = new Map<SymbolSet, readonly Shown[]>();

  constructor({ moves, shown }: Draw, telling: Uint32Array | undefined) {
    this.moves = moves;
    this.#shown = shown;
    this.#telling = telling;
  }

  /** The options for lines in these states, one for each place before the draw. */
  shownTo(states: readonly number[]): readonly Shown[] {
    if (!this.#telling) return this.#shown;
    let telling: SymbolSet = 0;
    for (const { from, cell } of this.moves) {
      if (cell !== undefined) telling |= this.#telling[states[from] ?? settled] ?? 0;
    }
    const known = this.#merged.get(telling) ?? merged(this.#shown, telling);
    this.#merged.set(telling, known);
    return known;
  }
}

/** By state: the symbols that lead a line elsewhere than most do; none from settled states, which nothing moves. */
function tellingSymbols({ symbols, next, settled: open }: LineTable): Uint32Array {
  const telling = new Uint32Array(next.length / symbols);
  for (let state = open; state < telling.length; state++) {
    const targets = next.subarray(state * symbols, (state + 1) * symbols);
    const common = mostCommon(targets);
    for (const [symbol, target] of targets.entries()) {
      if (target !== common) telling[state] = (telling[state] ?? 0) | (1 << symbol);
    }
  }
  return telling;
}

function mostCommon(targets: Uint16Array): number {
  const times = new Map<number, number>();
  for (const target of targets) times.set(target, (times.get(target) ?? 0) + 1);
  return [...times].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

/** Symbols that tell nothing count as one for each number of scatters that they show. */
function merged(shown: readonly Shown[], telling: SymbolSet): Shown[] {
  const options: Shown[] = [];
  const silent = new Map<number, Shown>();
  for (const option of shown) {
    if (telling & (1 << (option.symbols[0] ?? 0))) options.push(option);
    else {
      const { scatters, ways } = option;
      const known = silent.get(scatters) ?? { ...option, ways: 0n };
      silent.set(scatters, { ...known, ways: known.ways + ways });
    }
  }
  return [...options, ...silent.values()];
}
