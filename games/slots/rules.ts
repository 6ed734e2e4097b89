// Slots: reels, lines, wild, scatter and free spins. docs/games.md has the contract.
import type { Draws } from "../draws.ts";
import { add, type Fraction, fraction, mul, one } from "../fraction.ts";
import { IllegalAction, type Rules, type Tally } from "../game.ts";
import configSchema from "./config.schema.json" with { type: "json" };
import { largestPayout } from "./largest.ts";
import { type FreeSpins, type Machine, machineOf } from "./machine.ts";
import type { Sheet } from "./sheet.ts";

/** There is nothing to choose: every line is played. */
export type Bet = Record<string, never>;

export interface Config extends Machine {
  /** Exact, or proven never to be exceeded; see largest.ts. */
  readonly largest: Fraction;
  /** The tallies of rounds without free spins by their payout in units, made when first asked for. */
  readonly tallies: Map<number, Tally>;
}

/** Cells of a screen reel by reel, from the top down. */
export type Screen = readonly number[];

export interface State {
  /** The first spin, and then the free ones. */
  readonly screens: readonly Screen[];
  readonly tally: Tally;
}

const keptTallies = 10_000;
const nothingToDo: readonly string[] = [];

/** What all lines together win, in units. */
export function lineWins({ paths, table, wins }: Machine, screen: Screen): number {
  const { next, symbols, start, settled } = table;
  let sum = 0;
  for (const path of paths) {
    let state = start;
    for (let reel = 0; state >= settled; reel++) {
      state = next[state * symbols + (screen[path[reel] ?? 0] ?? 0)] ?? 0;
    }
    sum += wins[state] ?? 0;
  }
  return sum;
}

export function scattersOn({ scatter }: Machine, screen: Screen): number {
  if (scatter === undefined) return 0;
  let count = 0;
  for (const symbol of screen) if (symbol === scatter) count += 1;
  return count;
}

function tallyOf(config: Config, units: number): Tally {
  const known = config.tallies.get(units);
  if (known) return known;
  const tally = { staked: one, payout: fraction(units, config.unit) };
  if (config.tallies.size < keptTallies) config.tallies.set(units, tally);
  return tally;
}

function playFreeSpins(
  config: Config,
  first: Screen,
  won: number,
  free: FreeSpins,
  draws: Draws,
): State {
  const screens = [first];
  let wonFree = 0n;
  let awarded = Math.min(free.count, free.max);
  for (let played = 0; played < awarded; played++) {
    const screen = config.reels.draw(draws);
    const scatters = scattersOn(config, screen);
    wonFree += BigInt(lineWins(config, screen) + (config.scatterPays[scatters] ?? 0));
    if (free.retrigger && scatters >= free.trigger) {
      awarded = Math.min(awarded + free.count, free.max);
    }
    screens.push(screen);
  }
  const payout = add(
    fraction(won, config.unit),
    mul(free.multiplier, fraction(wonFree, config.unit)),
  );
  return { screens, tally: { staked: one, payout } };
}

export const slots: Rules<Config, Bet, State> = {
  name: "slots",
  version: "1.0.0",
  configSchema,
  actionSchema: null,

  prepare(config) {
    const read = machineOf(config as unknown as Sheet);
    if ("problems" in read) return read;
    const { machine } = read;
    return { config: { ...machine, largest: largestPayout(machine), tallies: new Map() } };
  },

  betSchema: () => ({ type: "object", additionalProperties: false }),
  checkBet: () => [],
  bound: (config) => config.largest,
  maxMultiplier: (config) => config.largest,

  start(config, _, draws) {
    const screen = config.reels.draw(draws);
    const scatters = scattersOn(config, screen);
    const won = lineWins(config, screen) + (config.scatterPays[scatters] ?? 0);
    const free = config.freeSpins;
    if (free && scatters >= free.trigger) return playFreeSpins(config, screen, won, free, draws);
    return { screens: [screen], tally: tallyOf(config, won) };
  },

  act() {
    throw new IllegalAction({ pointer: "/type", message: "the round is over" });
  },

  legalActions: () => nothingToDo,

  defaultAction() {
    throw new Error("a spin is over when it starts");
  },

  tally: (_, state) => state.tally,

  outcome: ({ symbols, rows }, { screens }) => ({
    spins: screens.map((screen) => {
      const names = screen.map((symbol) => symbols[symbol] ?? "");
      return Array.from({ length: names.length / rows }, (_, reel) =>
        names.slice(reel * rows, (reel + 1) * rows),
      );
    }),
  }),
};
