// Keno: the player picks numbers, the house draws some, and the hits are paid by a table. docs/games.md has the contract.
import { type Fraction, max, one, parseFraction, toText, zero } from "../fraction.ts";
import { IllegalAction, type Problem, type Rules, type Tally } from "../game.ts";
import { pointerSegment } from "../schema.ts";
import { tableNameFault } from "../table-names.ts";
import configSchema from "./config.schema.json" with { type: "json" };

export interface Bet {
  table: string;
  /** From 1 on, each once. */
  picks: number[];
}

/** What 0, 1, 2 … hits pay. */
export type Paytable = readonly Tally[];

export interface Config {
  numbers: number;
  draws: number;
  /** By name, and then by how many numbers are picked, ascending. */
  tables: ReadonlyMap<string, ReadonlyMap<number, Paytable>>;
}

export interface State {
  /** In the order drawn. */
  readonly drawn: readonly number[];
  readonly tally: Tally;
}

export const mostPicks = 40;
const nothingToDo: readonly string[] = [];
const lost: Tally = { staked: one, payout: zero };
const picksText = /^[1-9][0-9]?$/;

interface Written {
  numbers: number;
  draws: number;
  tables: { [name: string]: { [picks: string]: string[] } };
}

function drawsProblems({ numbers, draws }: Written): Problem[] {
  if (draws <= numbers) return [];
  const message = `${draws} of ${numbers} numbers cannot be drawn: draw ${numbers} at most`;
  return [{ pointer: "/draws", message }];
}

function tableProblems(numbers: number, name: string, table: Written["tables"][string]): Problem[] {
  const pointer = `/tables/${pointerSegment(name)}`;
  const misnamed = tableNameFault(name, "table");
  if (misnamed !== undefined) return [{ pointer, message: misnamed }];
  const most = Math.min(mostPicks, numbers);
  return Object.entries(table).flatMap(([picks, pays]) => {
    const at = `${pointer}/${pointerSegment(picks)}`;
    if (!picksText.test(picks) || Number(picks) > most) {
      const message = `"${picks}" is no number of picks: give one of 1 … ${most}`;
      return [{ pointer: at, message }];
    }
    if (pays.length === Number(picks) + 1) return [];
    const message = `${picks} picks have 0 … ${picks} hits, here are ${pays.length} multipliers: give one for each number of hits`;
    return [{ pointer: at, message }];
  });
}

/** How few and how many of so many picks can be hit. */
export function hitRange({ numbers, draws }: Config, picks: number): [least: number, most: number] {
  return [Math.max(0, picks + draws - numbers), Math.min(picks, draws)];
}

/** The table that a bet is paid by. */
export function paytableFor(config: Config, table: string, picks: number): Paytable {
  const paytable = config.tables.get(table)?.get(picks);
  if (!paytable) throw new RangeError(`no table ${table} for ${picks} picks`);
  return paytable;
}

/** The most that hits which can happen are paid. */
function highest(config: Config, picks: number, paytable: Paytable): Fraction {
  const [least, most] = hitRange(config, picks);
  return paytable
    .slice(least, most + 1)
    .map(({ payout }) => payout)
    .reduce(max, zero);
}

/** Equal multipliers share one tally. */
function readTables({ tables }: Written): Config["tables"] {
  const tallies = new Map<string, Tally>();
  const tallyOf = (text: string): Tally => {
    const payout = parseFraction(text);
    const tally = tallies.get(toText(payout)) ?? { staked: one, payout };
    tallies.set(toText(payout), tally);
    return tally;
  };
  const read = (table: Written["tables"][string]) =>
    Object.entries(table)
      .map(([picks, pays]): [number, Paytable] => [Number(picks), pays.map(tallyOf)])
      .sort(([a], [b]) => a - b);
  return new Map(Object.entries(tables).map(([name, table]) => [name, new Map(read(table))]));
}

export const keno: Rules<Config, Bet, State> = {
  name: "keno",
  version: "1.0.0",
  configSchema,
  actionSchema: null,

  prepare(config) {
    const written = config as unknown as Written;
    const { numbers, draws } = written;
    const problems = [
      ...drawsProblems(written),
      ...Object.entries(written.tables).flatMap(([name, table]) =>
        tableProblems(numbers, name, table),
      ),
    ];
    if (problems.length > 0) return { problems };
    return { config: { numbers, draws, tables: readTables(written) } };
  },

  betSchema({ numbers, tables }) {
    const counts = [...tables.values()].flatMap((table) => [...table.keys()]);
    return {
      type: "object",
      additionalProperties: false,
      required: ["table", "picks"],
      properties: {
        table: { type: "string", enum: [...tables.keys()] },
        picks: {
          type: "array",
          description: `different numbers of 1 … ${numbers}`,
          minItems: Math.min(...counts),
          maxItems: Math.max(...counts),
          uniqueItems: true,
          items: { type: "integer", minimum: 1, maximum: numbers },
        },
      },
    };
  },

  checkBet({ tables }, { table, picks }) {
    const paytables = tables.get(table);
    if (!paytables || paytables.has(picks.length)) return [];
    const counts = [...paytables.keys()].join(", ");
    const message = `the table ${table} pays nobody for ${picks.length} picks: pick one of ${counts} numbers`;
    return [{ pointer: "/picks", message }];
  },

  bound: (config, { table, picks }) =>
    highest(config, picks.length, paytableFor(config, table, picks.length)),

  maxMultiplier: (config) =>
    [...config.tables.values()]
      .flatMap((table) => [...table].map(([picks, paytable]) => highest(config, picks, paytable)))
      .reduce(max, zero),

  start(config, { table, picks }, draws) {
    const paytable = paytableFor(config, table, picks.length);
    const drawn = draws.choose(config.numbers, config.draws).map((index) => index + 1);
    const hits = picks.filter((pick) => drawn.includes(pick)).length;
    return { drawn, tally: paytable[hits] ?? lost };
  },

  act() {
    throw new IllegalAction({ pointer: "/type", message: "the round is over" });
  },

  legalActions: () => nothingToDo,

  defaultAction() {
    throw new Error("the numbers are drawn when the round starts");
  },

  tally: (_, state) => state.tally,
  outcome: (_, state) => ({ drawn: [...state.drawn] }),
};
