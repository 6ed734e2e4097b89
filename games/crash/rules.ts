// Crash: a multiplier climbs until it busts, and whoever cashes out before has it. docs/games.md has the contract.
import { type Fraction, fraction, one, parseFraction, zero } from "../fraction.ts";
import {
  type Action,
  IllegalAction,
  type Problem,
  type Rules,
  type Taken,
  type Tally,
} from "../game.ts";
import {
  drawU,
  hundredths,
  multiplierText,
  reach,
  readEdge,
  readLargest,
  shownMultiplier,
  targetProblems,
  targetSchema,
} from "../limbo/rules.ts";
import configSchema from "./config.schema.json" with { type: "json" };
import { type Curve, curveOf, mostTicks, tickOf } from "./curve.ts";

export interface Bet {
  /** Two decimals: "2.00". */
  autoCashOut?: string;
}

export interface Config {
  edge: Fraction;
  /** In hundredths. */
  largest: number;
  curve: Curve;
}

export interface State {
  /** 1 … 2^52: hidden while the round is open. */
  readonly u: number;
  /** The multiplier at which the round ends at the latest, in hundredths. */
  readonly target: number;
  readonly end: "none" | "bust" | "cashedOut";
  readonly tally: Tally;
}

const tickMs = 10;
const over: readonly string[] = [];
const open: readonly string[] = ["cashOut"];
const lost: Tally = { staked: one, payout: zero };

/** The multiplier at which the round ends at the latest, in hundredths. */
export function targetOf(config: Config, { autoCashOut }: Bet): number {
  return autoCashOut === undefined ? config.largest : hundredths(autoCashOut);
}

/** What a cash-out at this tick is at: the round ends first where the curve is at its target by then. */
export function multiplierAt({ curve }: Config, target: number, tick: number): number {
  return tick < tickOf(curve, target) ? (curve[tick] ?? target) : target;
}

/** The tick of an action; the runtime reads it off the database's clock. */
export function tickTaken({ at }: Taken): number {
  if (at !== undefined && Number.isSafeInteger(at) && at >= 0) return at;
  const message = "a cash-out happens at a tick: record it as a whole number from 0 on";
  throw new IllegalAction({ pointer: "/at", message });
}

/** The round as it ends at this multiplier: won if u had not bust it before. */
function endAt(config: Config, state: State, multiplier: number): State {
  if (BigInt(multiplier) > reach(config.edge, state.u)) return { ...state, end: "bust" };
  const tally = { staked: one, payout: fraction(multiplier, 100) };
  return { ...state, end: "cashedOut", tally };
}

function endsAt({ edge, curve }: Config, { u, target }: State): number {
  const bust = reach(edge, u);
  return tickOf(curve, BigInt(target) <= bust ? target : Number(bust) + 1);
}

function cashedOut({ payout }: Tally): string {
  return multiplierText((payout.n * 100n) / payout.d);
}

export const crash: Rules<Config, Bet, State> = {
  name: "crash",
  version: "1.0.0",
  configSchema,

  actionSchema: {
    type: "object",
    additionalProperties: false,
    required: ["type"],
    properties: { type: { const: "cashOut" } },
  },

  clock: {
    tickMs,
    endsAt,
    expire: (config, state) => endAt(config, state, state.target),
  },

  prepare(config) {
    const texts = config as { edge: string; maxMultiplier: string; growth: string };
    const { edge, problems: edgeFaults } = readEdge(texts.edge);
    const { largest, problems } = readLargest(texts.maxMultiplier, "/maxMultiplier");
    const faults: Problem[] = [...edgeFaults, ...problems];
    if (faults.length > 0) return { problems: faults };
    const curve = curveOf(parseFraction(texts.growth), largest);
    if (curve) return { config: { edge, largest, curve } };
    const message = `after ${mostTicks} ticks of ${tickMs} ms the curve is still below ${multiplierText(largest)}: raise growth or lower maxMultiplier`;
    return { problems: [{ pointer: "/growth", message }] };
  },

  betSchema: () => ({
    type: "object",
    additionalProperties: false,
    properties: { autoCashOut: targetSchema },
  }),

  checkBet: (config, { autoCashOut }) =>
    autoCashOut === undefined ? [] : targetProblems(autoCashOut, config.largest, "/autoCashOut"),

  bound: (config, bet) => fraction(targetOf(config, bet), 100),
  maxMultiplier: ({ largest }) => fraction(largest, 100),

  start: (config, bet, draws) => ({
    u: drawU(draws),
    target: targetOf(config, bet),
    end: "none",
    tally: lost,
  }),

  act: (config, state, _action: Action, _draws, taken) =>
    endAt(config, state, multiplierAt(config, state.target, tickTaken(taken))),

  legalActions: (_, { end }) => (end === "none" ? open : over),

  defaultAction() {
    throw new Error("a round of crash ends by the clock and not by an action");
  },

  tally: (_, state) => state.tally,

  outcome(config, { u, end, tally }) {
    if (end === "none") return {};
    const shown = {
      multiplier: shownMultiplier(config.edge, u),
      instant: reach(config.edge, u) < 100n,
    };
    return end === "cashedOut" ? { ...shown, cashedOut: cashedOut(tally) } : shown;
  },
};
