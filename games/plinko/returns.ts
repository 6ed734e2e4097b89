import { gather, returnEntry } from "../enumerate.ts";
import { type Fraction, fraction, zero } from "../fraction.ts";
import type { Mathematics, ReturnEntry } from "../game.ts";
import { type Bet, type Board, boardFor, type Config, type State } from "./rules.ts";

/** Every round needs what its bet is worth, so that is worked out once for each board. */
const worth = new WeakMap<Board, Fraction>();
/** Balls seldom reach the outer slots of higher boards: that would tell a simulation nothing. */
const mostRehearsedRows = 10;

/** In how many ways a ball reaches each slot: C(rows, slot). */
function waysOf(rows: number): bigint[] {
  const ways = [1n];
  for (let slot = 1; slot <= rows; slot++) {
    const before = ways[slot - 1] ?? 0n;
    ways.push((before * BigInt(rows - slot + 1)) / BigInt(slot));
  }
  return ways;
}

function entryOf(bet: Bet, board: Board): ReturnEntry {
  const ways = waysOf(bet.rows);
  const outcomes = board.map(({ payout }, slot) => ({
    multiplier: payout,
    probability: fraction(ways[slot] ?? 0n, 1n << BigInt(bet.rows)),
  }));
  return returnEntry({ ...bet }, gather(outcomes));
}

function bets({ tables }: Config): Bet[] {
  return [...tables].flatMap(([rows, table]) => [...table.keys()].map((risk) => ({ rows, risk })));
}

export const plinkoMathematics: Mathematics<Config, Bet, State> = {
  returns: (config) => bets(config).map((bet) => entryOf(bet, boardFor(config, bet))),

  expected(config, bet) {
    const board = boardFor(config, bet);
    const rtp = worth.get(board) ?? entryOf(bet, board).rtp;
    worth.set(board, rtp);
    return rtp;
  },

  regret: () => zero,
  plays(config) {
    const all = bets(config);
    const low = all.filter(({ rows }) => rows <= mostRehearsedRows);
    return (low.length > 0 ? low : all).map((bet) => ({
      bet,
      rtp: plinkoMathematics.expected(config, bet),
    }));
  },
};
