// Plinko: a ball falls through rows of pegs, left or right at each, into a slot. docs/games.md has the contract.
import { type Fraction, max, one, parseFraction, toText, zero } from "../fraction.ts";
import { IllegalAction, type Problem, type Rules, type Tally } from "../game.ts";
import { pointerSegment } from "../schema.ts";
import { tableNameFault } from "../table-names.ts";
import configSchema from "./config.schema.json" with { type: "json" };

export interface Bet {
  rows: number;
  risk: string;
}

/** What each slot of one board pays, from the left. */
export type Board = readonly Tally[];

export interface Config {
  /** By rows, ascending, and then by risk. */
  tables: ReadonlyMap<number, ReadonlyMap<string, Board>>;
}

export interface State {
  /** 1 is right. */
  readonly path: readonly number[];
  readonly slot: number;
  readonly tally: Tally;
}

export const mostRows = 32;
const nothingToDo: readonly string[] = [];
const lost: Tally = { staked: one, payout: zero };
const rowsText = /^[1-9][0-9]?$/;

type Tables = { [rows: string]: { [risk: string]: string[] } };

function tableProblems(rows: string, table: Tables[string]): Problem[] {
  const pointer = `/tables/${pointerSegment(rows)}`;
  if (!rowsText.test(rows) || Number(rows) > mostRows) {
    const message = `"${rows}" is no number of rows: give one of 1 … ${mostRows}`;
    return [{ pointer, message }];
  }
  return Object.entries(table).flatMap(([risk, slots]) => {
    const at = `${pointer}/${pointerSegment(risk)}`;
    const misnamed = tableNameFault(risk, "risk");
    if (misnamed !== undefined) return [{ pointer: at, message: misnamed }];
    if (slots.length === Number(rows) + 1) return [];
    const message = `${rows} rows end in ${Number(rows) + 1} slots, here are ${slots.length} multipliers: give one for each slot`;
    return [{ pointer: at, message }];
  });
}

/** Equal multipliers share one tally. */
function boardOf(slots: readonly string[], tallies: Map<string, Tally>): Board {
  return slots.map((text) => {
    const payout = parseFraction(text);
    const known = tallies.get(toText(payout)) ?? { staked: one, payout };
    tallies.set(toText(payout), known);
    return known;
  });
}

/** The board of a bet that was checked. */
export function boardFor(config: Config, { rows, risk }: Bet): Board {
  const board = config.tables.get(rows)?.get(risk);
  if (!board) throw new RangeError(`no table for ${rows} rows at risk ${risk}`);
  return board;
}

function highest(board: Board): Fraction {
  return board.map(({ payout }) => payout).reduce(max, zero);
}

export const plinko: Rules<Config, Bet, State> = {
  name: "plinko",
  version: "1.0.0",
  configSchema,
  actionSchema: null,

  prepare(config) {
    const entries = Object.entries((config as { tables: Tables }).tables);
    const problems = entries.flatMap(([rows, table]) => tableProblems(rows, table));
    if (problems.length > 0) return { problems };
    const tallies = new Map<string, Tally>();
    const tables = entries
      .map(([rows, table]): [number, ReadonlyMap<string, Board>] => {
        const boards = Object.entries(table);
        return [Number(rows), new Map(boards.map(([risk, it]) => [risk, boardOf(it, tallies)]))];
      })
      .sort(([a], [b]) => a - b);
    return { config: { tables: new Map(tables) } };
  },

  betSchema: ({ tables }) => ({
    type: "object",
    additionalProperties: false,
    required: ["rows", "risk"],
    properties: {
      rows: { type: "integer", enum: [...tables.keys()] },
      risk: {
        type: "string",
        enum: [...new Set([...tables.values()].flatMap((table) => [...table.keys()]))],
      },
    },
  }),

  checkBet({ tables }, { rows, risk }) {
    const table = tables.get(rows);
    if (!table || table.has(risk)) return [];
    const message = `${rows} rows have no risk "${risk}": choose one of ${[...table.keys()].join(", ")}`;
    return [{ pointer: "/risk", message }];
  },

  bound: (config, bet) => highest(boardFor(config, bet)),

  maxMultiplier: ({ tables }) =>
    [...tables.values()].flatMap((table) => [...table.values()].map(highest)).reduce(max, zero),

  start(config, bet, draws) {
    const board = boardFor(config, bet);
    const path: number[] = [];
    let slot = 0;
    for (let row = 0; row < bet.rows; row++) {
      const side = draws.below(2);
      path.push(side);
      slot += side;
    }
    return { path, slot, tally: board[slot] ?? lost };
  },

  act() {
    throw new IllegalAction({ pointer: "/type", message: "the round is over" });
  },

  legalActions: () => nothingToDo,

  defaultAction() {
    throw new Error("a ball has fallen when the round starts");
  },

  tally: (_, state) => state.tally,
  outcome: (_, state) => ({ path: [...state.path], slot: state.slot }),
};
