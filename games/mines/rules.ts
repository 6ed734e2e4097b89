// Mines: open tiles one by one, cash out before a mine. docs/games.md has the contract.
import {
  type Fraction,
  floorTo,
  fraction,
  max,
  mul,
  one,
  parseFraction,
  sub,
  zero,
} from "../fraction.ts";
import { type Action, IllegalAction, type Rules, type Tally } from "../game.ts";
import configSchema from "./config.schema.json" with { type: "json" };

export interface Bet {
  mines: number;
}

export interface Config {
  tiles: number;
  edge: Fraction;
  rounding: number;
  /** For each number of mines the tallies after 0, 1, 2 … safe tiles, made when first asked for. */
  ladders: Map<number, readonly Tally[]>;
}

export interface State {
  /** Where the mines lie, in the order drawn: hidden while the round is open. */
  readonly mines: readonly number[];
  /** The safe tiles that are open, in the order chosen. */
  readonly safe: readonly number[];
  readonly end: "none" | "mine" | "cashOut";
}

const over: readonly string[] = [];
const beforeTheFirstTile: readonly string[] = ["reveal"];
const afterSafeTiles: readonly string[] = ["reveal", "cashOut"];
const lost: Tally = { staked: one, payout: zero };

/** The tallies of cashing out after 0, 1, 2 … safe tiles; after none the stake is lost. */
export function ladderOf(config: Config, mines: number): readonly Tally[] {
  const known = config.ladders.get(mines);
  if (known) return known;
  const { tiles } = config;
  const ladder = [lost];
  let unrounded = sub(one, config.edge);
  for (let opened = 0; opened < tiles - mines; opened++) {
    unrounded = mul(unrounded, fraction(tiles - opened, tiles - mines - opened));
    ladder.push({ staked: one, payout: floorTo(unrounded, config.rounding) });
  }
  config.ladders.set(mines, ladder);
  return ladder;
}

/** The largest payout with so many mines: rungs never go down, so it is the last. */
function top(config: Config, mines: number): Fraction {
  return ladderOf(config, mines).at(-1)?.payout ?? zero;
}

function cashOut(state: State, byPlayer: boolean): State {
  if (byPlayer && state.safe.length === 0) {
    const message = "cashing out takes an open tile: reveal one first";
    throw new IllegalAction({ pointer: "/type", message });
  }
  return { ...state, end: "cashOut" };
}

function reveal(config: Config, state: State, action: Action): State {
  const tile = Number(action["tile"]);
  if (tile >= config.tiles) {
    const message = `there is no tile ${tile}: choose one of 0 … ${config.tiles - 1}`;
    throw new IllegalAction({ pointer: "/tile", message });
  }
  if (state.safe.includes(tile)) {
    const message = `tile ${tile} is open already: choose another`;
    throw new IllegalAction({ pointer: "/tile", message });
  }
  if (state.mines.includes(tile)) return { ...state, end: "mine" };
  const safe = [...state.safe, tile];
  const cleared = safe.length === config.tiles - state.mines.length;
  return { ...state, safe, end: cleared ? "cashOut" : "none" };
}

export const mines: Rules<Config, Bet, State> = {
  name: "mines",
  version: "1.0.0",
  configSchema,

  actionSchema: {
    type: "object",
    required: ["type"],
    discriminator: { propertyName: "type" },
    oneOf: [
      {
        additionalProperties: false,
        required: ["type", "tile"],
        properties: {
          type: { const: "reveal" },
          tile: {
            type: "integer",
            minimum: 0,
            maximum: configSchema.properties.tiles.maximum - 1,
            description: "the tile to open, counted from 0",
          },
        },
      },
      {
        additionalProperties: false,
        required: ["type"],
        properties: { type: { const: "cashOut" } },
      },
    ],
  },

  prepare(config) {
    const { tiles, edge, rounding } = config as { tiles: number; edge: string; rounding: number };
    const share = parseFraction(edge);
    if (share.n >= share.d) {
      const message = "the house cannot keep the whole stake: give an edge below 1";
      return { problems: [{ pointer: "/edge", message }] };
    }
    return { config: { tiles, edge: share, rounding, ladders: new Map() } };
  },

  betSchema: (config) => ({
    type: "object",
    additionalProperties: false,
    required: ["mines"],
    properties: { mines: { type: "integer", minimum: 1, maximum: config.tiles - 1 } },
  }),

  checkBet: () => [],
  bound: (config, bet) => top(config, bet.mines),

  maxMultiplier(config) {
    let most = zero;
    for (let count = 1; count < config.tiles; count++) most = max(most, top(config, count));
    return most;
  },

  start: (config, bet, draws) => ({
    mines: draws.choose(config.tiles, bet.mines),
    safe: [],
    end: "none",
  }),

  act(config, state, action, _, taken) {
    if (action.type === "cashOut") return cashOut(state, taken.by === "player");
    return reveal(config, state, action);
  },

  legalActions(_, state) {
    if (state.end !== "none") return over;
    return state.safe.length === 0 ? beforeTheFirstTile : afterSafeTiles;
  },

  // Before the first tile only the default may say so: it loses the stake.
  defaultAction: () => ({ type: "cashOut" }),

  tally(config, state) {
    if (state.end !== "cashOut") return lost;
    return ladderOf(config, state.mines.length)[state.safe.length] ?? lost;
  },

  outcome(_, state) {
    const safe = [...state.safe];
    return state.end === "none" ? { safe } : { safe, mines: [...state.mines] };
  },
};
