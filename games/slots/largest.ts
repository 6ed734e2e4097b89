// The largest payout of a round, which limits what may be staked: exact, or a bound that no round can exceed.
import { add, type Fraction, fraction, max, mul, zero } from "../fraction.ts";
import type { FreeSpins, Machine } from "./machine.ts";
import { type Draw, planOf, type Shown } from "./plan.ts";

/** Screens whose first draws are known, and what the best of them can win at most. */
interface Branch {
  readonly drawn: number;
  readonly states: readonly number[];
  readonly won: number;
  readonly scatters: number;
  readonly most: number;
}

/** After so much work, counted in states of lines, the best branch left is taken as the bound. */
const mostWork = 3_000_000;
const workOfBranch = 20;
const impossible = Number.NEGATIVE_INFINITY;

/** The largest payout in first stakes. */
export function largestPayout(machine: Machine): Fraction {
  const { freeSpins: free, unit } = machine;
  const search = new Search(machine);
  const any = fraction(search.largest(0), unit);
  const trigger = free ? search.largest(free.trigger) : impossible;
  if (!free || trigger === impossible) return any;
  const triggering = fraction(trigger, unit);
  return max(any, add(triggering, mul(free.multiplier, largestFree(free, any, triggering))));
}

/** So many spins win at most, of which any number may trigger more. */
function largestFree(free: FreeSpins, any: Fraction, trigger: Fraction): Fraction {
  const first = Math.min(free.count, free.max);
  const triggers = free.retrigger ? Math.ceil((free.max - first) / free.count) : 0;
  let largest = zero;
  for (let k = 0; k <= triggers; k++) {
    const spins = Math.min(first + k * free.count, free.max);
    const won = add(mul(trigger, fraction(k)), mul(any, fraction(spins - k)));
    largest = max(largest, won);
  }
  return largest;
}

/** Looks for the screen that wins most, always on from the most promising branch. */
class Search {
  readonly #machine: Machine;
  readonly #draws: readonly Draw[];
  /** What a line in this state can still come to win. */
  readonly #mostOf: Float64Array;
  /** How many scatters the draws from this one on can show. */
  readonly #scattersFrom: readonly number[];

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#draws = planOf(machine, machine.lines);
    this.#mostOf = mostByState(machine);
    const shown = this.#draws.map((draw) => Math.max(...draw.shown.map((it) => it.scatters)));
    this.#scattersFrom = [...shown, 0].map((_, i) => shown.slice(i).reduce((a, b) => a + b, 0));
  }

  /** The most that a screen with at least so many scatters wins, in units. */
  largest(scatters: number): number {
    const branches = new Branches();
    const { start } = this.#machine.table;
    const lines = this.#machine.lines.length;
    const first = { drawn: 0, states: [start], won: 0, scatters: 0 };
    branches.add({ ...first, most: lines * (this.#mostOf[start] ?? 0) + this.#scatterPay(0, 0) });
    for (let work = 0; work < mostWork; ) {
      const best = branches.takeBest();
      if (!best) return impossible;
      const draw = this.#draws[best.drawn];
      if (!draw) return best.most;
      work += draw.shown.length * (workOfBranch + draw.moves.length);
      for (const shown of draw.shown) {
        const next = this.#grow(best, draw, shown);
        if (next.scatters + (this.#scattersFrom[next.drawn] ?? 0) >= scatters) branches.add(next);
      }
    }
    return branches.takeBest()?.most ?? impossible;
  }

  #grow({ drawn, states, won, scatters }: Branch, { moves }: Draw, shown: Shown): Branch {
    const { table, wins } = this.#machine;
    let [wonNow, toCome] = [won, 0];
    const after = moves.map(({ from, cell, lines }) => {
      const before = states[from] ?? 0;
      const reads = before >= table.settled && cell !== undefined;
      const symbol = shown.symbols[cell ?? 0] ?? 0;
      const state = reads ? (table.next[before * table.symbols + symbol] ?? 0) : before;
      if (state >= table.settled) toCome += lines * (this.#mostOf[state] ?? 0);
      else if (reads) wonNow += lines * (wins[state] ?? 0);
      return state;
    });
    const seen = scatters + shown.scatters;
    const most = wonNow + toCome + this.#scatterPay(seen, drawn + 1);
    return { drawn: drawn + 1, states: after, won: wonNow, scatters: seen, most };
  }

  /** What these scatters and the best that may still come pay. */
  #scatterPay(seen: number, drawn: number): number {
    const { scatterPays } = this.#machine;
    return Math.max(...scatterPays.subarray(seen, seen + (this.#scattersFrom[drawn] ?? 0) + 1));
  }
}

/** For each state the largest win that any symbols of the reels to come can lead to. */
function mostByState({ table, wins, reels }: Machine): Float64Array {
  const symbolsOn = [...Map.groupBy(reels.steps, ({ reel }) => reel).values()].map(
    (steps) => new Set(steps.flatMap(({ options }) => options.flatMap(({ symbols }) => symbols))),
  );
  const most = new Float64Array(table.wins.length).fill(impossible);
  const look = (state: number, reel: number): number => {
    if (state < table.settled) return wins[state] ?? 0;
    if ((most[state] ?? 0) > impossible) return most[state] ?? 0;
    const after = [...(symbolsOn[reel] ?? [])].map((symbol) =>
      look(table.next[state * table.symbols + symbol] ?? 0, reel + 1),
    );
    most[state] = Math.max(...after);
    return most[state];
  };
  most[table.start] = look(table.start, 0);
  return most;
}

/** A heap of branches: the most promising first, of equals the one that is further drawn. */
class Branches {
  readonly #heap: Branch[] = [];

  add(branch: Branch): void {
    const heap = this.#heap;
    let i = heap.push(branch) - 1;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (!before(branch, heap[above])) break;
      this.#swap(i, above);
      i = above;
    }
  }

  takeBest(): Branch | undefined {
    const heap = this.#heap;
    const best = heap[0];
    const last = heap.pop();
    if (!best || !last || best === last) return best;
    heap[0] = last;
    let i = 0;
    for (;;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      const child = before(heap[right], heap[left]) ? right : left;
      if (!before(heap[child], last)) return best;
      this.#swap(i, child);
      i = child;
    }
  }

  #swap(i: number, j: number): void {
    const [a, b] = [this.#heap[i], this.#heap[j]];
    if (a && b) [this.#heap[i], this.#heap[j]] = [b, a];
  }
}

function before(a: Branch | undefined, b: Branch | undefined): boolean {
  if (!a || !b) return a !== undefined;
  return a.most > b.most || (a.most === b.most && a.drawn > b.drawn);
}
