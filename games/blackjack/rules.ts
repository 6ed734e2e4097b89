// Blackjack with an infinite deck, one player against the dealer. docs/games.md has the contract.
import type { Draws } from "../draws.ts";
import { compare, type Fraction, fraction, max, parseFraction } from "../fraction.ts";
import { IllegalAction, type Problem, type Rules, type Tally } from "../game.ts";
import { formatAmount } from "../money.ts";
import configSchema from "./config.schema.json" with { type: "json" };
import { type Config, dealerStands, type Hand, type Move, moves, movesOf } from "./moves.ts";
import { cardValue, goal, isBlackjack, pointsOf, totalOf } from "./points.ts";

/** There is nothing to choose before the cards are dealt. */
export type Bet = Record<string, never>;

export interface State {
  /** From left to right. */
  readonly hands: readonly Hand[];
  /** The hand that is played now. */
  readonly turn: number;
  /** The upcard, the hole card, then what the dealer draws: all but the first are hidden until the end. */
  readonly dealer: readonly number[];
  readonly insurance: "none" | "offered" | "taken";
  readonly surrendered: boolean;
  readonly over: boolean;
}

const cardCount = 52;
const nothingToDo: readonly Move[] = [];
const onInsurance: readonly Move[] = ["insure", "decline"];
/** Payouts in halves of the first stake stay below: eight hands, doubled and won, pay 64. */
const naturalPayout = 127;

function legalMoves(config: Config, state: State): readonly Move[] {
  if (state.over) return nothingToDo;
  if (state.insurance === "offered") return onInsurance;
  return movesOf(config, state.hands, state.turn);
}

/** A blackjack that may be seen ends the round; otherwise the first hand is played. */
function afterInsurance(config: Config, state: State): State {
  const dealers = config.peek && isBlackjack(state.dealer);
  const over = dealers || state.hands.some(({ cards }) => isBlackjack(cards));
  return { ...state, over };
}

/** Goes on to the first hand, from this one rightwards, that a player can play; after the last the dealer draws. */
function goOn(config: Config, state: State, draws: Draws): State {
  let { turn } = state;
  while (turn < state.hands.length && movesOf(config, state.hands, turn).length === 0) turn += 1;
  if (turn < state.hands.length) return { ...state, turn };
  const live = state.hands.some(({ cards }) => pointsOf(cards).hard <= goal);
  const dealer = [...state.dealer];
  while (live && !dealerStands(config, pointsOf(dealer))) dealer.push(draws.below(cardCount));
  return { ...state, turn, dealer, over: true };
}

function drawOne(state: State, draws: Draws, doubled: boolean): State {
  const hands = state.hands.map((hand, i) => {
    if (i !== state.turn) return hand;
    return { cards: [...hand.cards, draws.below(cardCount)], doubled };
  });
  return { ...state, hands, turn: doubled ? state.turn + 1 : state.turn };
}

/** Each card gets another at once: first the left hand, then the right one. */
function splitHand(state: State, draws: Draws): State {
  const hands = state.hands.flatMap((hand, i) => {
    if (i !== state.turn) return [hand];
    return hand.cards.map((card) => ({ cards: [card, draws.below(cardCount)], doubled: false }));
  });
  return { ...state, hands };
}

function take(config: Config, state: State, move: Move, draws: Draws): State {
  switch (move) {
    case "insure":
      return afterInsurance(config, { ...state, insurance: "taken" });
    case "decline":
      return afterInsurance(config, { ...state, insurance: "none" });
    case "surrender":
      return { ...state, surrendered: true, over: true };
    case "stand":
      return goOn(config, { ...state, turn: state.turn + 1 }, draws);
    case "split":
      return goOn(config, splitHand(state, draws), draws);
    default:
      return goOn(config, drawOne(state, draws, move === "double"), draws);
  }
}

/** What one hand gets against the dealer's total, in halves of the first stake. */
function handPays(hand: Hand, dealer: number): number {
  const total = totalOf(pointsOf(hand.cards));
  const stake = hand.doubled ? 4 : 2;
  if (total > goal) return 0;
  if (dealer > goal || total > dealer) return 2 * stake;
  return total === dealer ? stake : 0;
}

/** What the hands get, in halves of the first stake. */
function handsPay({ hands, dealer, surrendered }: State): number {
  const natural = hands.length === 1 && hands.every(({ cards }) => isBlackjack(cards));
  if (isBlackjack(dealer)) return natural ? 2 : 0;
  if (natural) return naturalPayout;
  if (surrendered) return 1;
  const total = totalOf(pointsOf(dealer));
  return hands.reduce((sum, hand) => sum + handPays(hand, total), 0);
}

/** The same object for the same halves of the first stake: who counts tallies may compare identities. */
function tallyOf(config: Config, staked: number, paid: number): Tally {
  const key = staked * (naturalPayout + 1) + paid;
  const known = config.tallies.get(key);
  if (known) return known;
  const payout = paid === naturalPayout ? config.blackjackPays : fraction(paid, 2);
  const tally = { staked: fraction(staked, 2), payout };
  config.tallies.set(key, tally);
  return tally;
}

/** All hands doubled and won, or a blackjack: insurance pays less, and only when hands lose. */
function most(config: Config): Fraction {
  const { maxHands, doubleAfterSplit, blackjackPays } = config;
  const each = doubleAfterSplit ? 4 : 2;
  return max(fraction(Math.max(4, maxHands * each)), blackjackPays);
}

function oddAmounts(terms: { min: bigint; step: bigint; currency: string; digits: number }) {
  return (["min", "step"] as const).flatMap((name): Problem[] => {
    if (terms[name] % 2n === 0n) return [];
    const amount = `${formatAmount(terms[name], terms.digits)} ${terms.currency}`;
    const message = `${amount} is odd in minor units, so that insurance or surrender could not halve a stake: choose an even ${name}, or a game without both`;
    return [{ pointer: `/${name}`, message }];
  });
}

export const blackjack: Rules<Config, Bet, State> = {
  name: "blackjack",
  version: "1.0.0",
  configSchema,

  actionSchema: {
    type: "object",
    additionalProperties: false,
    required: ["type"],
    properties: { type: { enum: [...moves] } },
  },

  prepare(config) {
    const {
      decks: _,
      blackjackPays,
      ...rest
    } = config as unknown as Omit<Config, "blackjackPays"> & {
      decks: string;
      blackjackPays: string;
    };
    const pays = parseFraction(blackjackPays);
    if (compare(pays, fraction(0)) === 0) {
      const message = "a blackjack must pay something: give a total return above 0";
      return { problems: [{ pointer: "/blackjackPays", message }] };
    }
    return { config: { ...rest, blackjackPays: pays, tallies: new Map() } };
  },

  checkStakes: ({ insurance, surrender }, terms) =>
    insurance || surrender === "late" ? oddAmounts(terms) : [],

  betSchema: () => ({ type: "object", additionalProperties: false, properties: {} }),
  checkBet: () => [],
  bound: (config) => most(config),
  maxMultiplier: (config) => most(config),

  start(config, _, draws) {
    const first = draws.below(cardCount);
    const up = draws.below(cardCount);
    const second = draws.below(cardCount);
    const hole = draws.below(cardCount);
    const offered = config.insurance && cardValue(up) === 1;
    const state: State = {
      hands: [{ cards: [first, second], doubled: false }],
      turn: 0,
      dealer: [up, hole],
      insurance: offered ? "offered" : "none",
      surrendered: false,
      over: false,
    };
    return offered ? state : afterInsurance(config, state);
  },

  act(config, state, action, draws) {
    const legal = legalMoves(config, state);
    const move = legal.find((it) => it === action.type);
    if (!move) {
      const message = `${action.type} is not allowed now: choose one of ${legal.join(", ")}`;
      throw new IllegalAction({ pointer: "/type", message });
    }
    return take(config, state, move, draws);
  },

  legalActions: legalMoves,

  defaultAction: (_, state) => ({ type: state.insurance === "offered" ? "decline" : "stand" }),

  tally(config, state) {
    const insured = state.insurance === "taken";
    const staked = state.hands.reduce((sum, { doubled }) => sum + (doubled ? 4 : 2), 0);
    const insurancePays = insured && isBlackjack(state.dealer) ? 3 : 0;
    const paid = state.over ? handsPay(state) + insurancePays : 0;
    return tallyOf(config, insured ? staked + 1 : staked, paid);
  },

  outcome: (_, { hands, dealer, over }, inMoney) => ({
    hands: hands.map(({ cards, doubled }) => ({
      cards: [...cards],
      stake: inMoney(fraction(doubled ? 2 : 1)),
    })),
    dealer: over ? [...dealer] : dealer.slice(0, 1),
  }),
};
