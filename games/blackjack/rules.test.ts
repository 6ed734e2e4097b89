import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Draws } from "../draws.ts";
import { FastDraws } from "../fast-draws.ts";
import { add, compare, fraction, parseFraction, toText } from "../fraction.ts";
import { type Action, IllegalAction, type Json } from "../game.ts";
import { engines } from "../index.ts";
import { moneyOf } from "../money.ts";
import { type Compiled, compile, finish, type RecordedAction, replay } from "../play.ts";
import { referenceBlackjack, type Switches } from "./reference.ts";

const engine = engines.get("blackjack") ?? assert.fail();
const moves = ["hit", "stand", "double", "split", "surrender", "insure", "decline"];

function game(config: Json = {}): Compiled {
  const compiled = compile(engine, config);
  assert.ok(!("problems" in compiled));
  return compiled;
}

/** "A", "2" … "9", "T", "J", "Q", "K" as cards of one suit. */
function cardsOf(text: string): number[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((name) => "A23456789TJQK".indexOf(name));
}

/** Cards that come as told, and no more than these; `left` are those that were not drawn. */
function shoe(text: string): Draws & { left: number[] } {
  const left = cardsOf(text);
  const none = () => assert.fail("only single cards are drawn");
  const below = (n: number) => {
    assert.equal(n, 52);
    return left.shift() ?? assert.fail("no more cards were expected");
  };
  return { left, below, belowBig: none, shuffle: none, choose: none };
}

function actionsOf(text: string): Action[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((type) => ({ type }));
}

const late = { surrender: "late" };
const three = { maxHands: 3 };
const blind = { peek: false };
const bare = { insurance: false };
const aces = { hitSplitAces: true };
const again = { resplitAces: true, maxHands: 3 };

describe("blackjack", () => {
  // Cards in the order drawn: player, upcard, player, hole card, then as the actions draw.
  const legal: [string, Json, string, string, string][] = [
    ["two cards", {}, "9 6 5 T", "", "hit stand double"],
    ["a pair", {}, "8 6 8 T", "", "hit stand double split"],
    ["a pair with no second hand allowed", { maxHands: 1 }, "8 6 8 T", "", "hit stand double"],
    ["two different ten-values", {}, "J 6 K T", "", "hit stand double split"],
    ["late surrender", late, "9 T 7 5", "", "hit stand double surrender"],
    ["a pair with late surrender", late, "8 T 8 5", "", "hit stand double split surrender"],
    ["three cards", late, "2 T 3 5 4", "hit", "hit stand"],
    ["an ace up", late, "9 A 7 5", "", "insure decline"],
    ["an ace up against a blackjack", {}, "A A K 5", "", "insure decline"],
    ["insurance declined", late, "9 A 7 5", "decline", "hit stand double surrender"],
    ["insurance taken", late, "9 A 7 5", "insure", "hit stand double surrender"],
    ["an ace up without insurance", bare, "9 A 7 5", "", "hit stand double"],
    ["a ten up", {}, "9 K 7 5", "", "hit stand double"],
    ["9-11: hard 8", { doubleOn: "9-11" }, "5 6 3 T", "", "hit stand"],
    ["9-11: hard 9", { doubleOn: "9-11" }, "5 6 4 T", "", "hit stand double"],
    ["9-11: hard 11", { doubleOn: "9-11" }, "5 6 6 T", "", "hit stand double"],
    ["9-11: hard 12", { doubleOn: "9-11" }, "5 6 7 T", "", "hit stand"],
    ["9-11: soft 19, 9 with the ace as one", { doubleOn: "9-11" }, "A 6 8 T", "", "hit stand"],
    ["10-11: hard 9", { doubleOn: "10-11" }, "5 6 4 T", "", "hit stand"],
    ["10-11: hard 10, a pair", { doubleOn: "10-11" }, "5 6 5 T", "", "hit stand double split"],
    ["10-11: hard 11", { doubleOn: "10-11" }, "9 6 2 T", "", "hit stand double"],
    ["10-11: soft 20", { doubleOn: "10-11" }, "A 6 9 T", "", "hit stand"],
    ["any: soft 19", {}, "A 6 8 T", "", "hit stand double"],
    ["a split hand", late, "8 6 8 T 3 5", "split", "hit stand double"],
    ["a split hand without DAS", { doubleAfterSplit: false }, "8 6 8 T 3 5", "split", "hit stand"],
    ["a pair again at the limit", {}, "8 6 8 T 8 8", "split", "hit stand double"],
    ["a pair again below it", three, "8 6 8 T 8 5", "split", "hit stand double split"],
    ["three hands of three", three, "8 6 8 T 8 8 8 8", "split split", "hit stand double"],
    ["split aces", three, "A 6 A T T 5 5", "split", ""],
    ["split aces that may be hit", aces, "A 6 A T 4 5", "split", "hit stand double"],
    [
      "split aces that may be hit, no DAS",
      { ...aces, doubleAfterSplit: false },
      "A 6 A T 4 5",
      "split",
      "hit stand",
    ],
    [
      "split aces that may be hit, hard totals",
      { ...aces, doubleOn: "9-11" },
      "A 6 A T 8 5",
      "split",
      "hit stand",
    ],
    ["aces again", { ...aces, ...three }, "A 6 A T A 5", "split", "hit stand double"],
    ["aces again that may be split", again, "A 6 A T A 5", "split", "stand split"],
    [
      "aces again that may be hit and split",
      { ...again, ...aces },
      "A 6 A T A 5",
      "split",
      "hit stand double split",
    ],
    ["the right one of split aces", again, "A 6 A T 9 A", "split", "stand split"],
    ["aces again at the limit", again, "A 6 A T A A A A 5", "split split", ""],
  ];
  for (const [name, config, cards, actions, expected] of legal) {
    it(`allows ${expected || "nothing"} for ${name}`, () => {
      const compiled = game(config);
      const taken = actionsOf(actions);
      const round = replay(compiled, {}, taken, shoe(cards));
      assert.equal(round.legalActions.join(" "), expected);
      for (const type of moves.filter((move) => !round.legalActions.includes(move))) {
        const act = () => replay(compiled, {}, [...taken, { type }], shoe(cards));
        assert.throws(act, (error) => {
          assert.ok(error instanceof IllegalAction);
          assert.equal(error.pointer, "/type");
          return /the round is over|choose one of/.test(error.message);
        });
      }
    });
  }

  // [name, configuration, cards, actions, staked, payout]: all cards are drawn and the round is over.
  const settled: [string, Json, string, string, string, string][] = [
    ["a blackjack", {}, "A 6 K T", "", "1", "5/2"],
    ["a blackjack at 6 to 5", { blackjackPays: "11/5" }, "K 6 A T", "", "1", "11/5"],
    ["two blackjacks push", {}, "A T K A", "", "1", "1"],
    ["two blackjacks push without peek", blind, "A T K A", "", "1", "1"],
    ["a dealer's blackjack on ten", {}, "9 T 9 A", "", "1", "0"],
    ["a dealer's blackjack on an ace", bare, "9 A 9 T", "", "1", "0"],
    ["higher", {}, "T 9 9 9", "stand", "1", "2"],
    ["equal", {}, "T 9 9 T", "stand", "1", "1"],
    ["lower", {}, "T 9 8 T", "stand", "1", "0"],
    ["bust, and the dealer draws no card", {}, "T 5 6 5 K", "hit", "1", "0"],
    ["the dealer busts", {}, "T 5 6 T K", "stand", "1", "2"],
    ["21 stands by itself", {}, "5 T 6 9 K", "hit", "1", "2"],
    ["21 of three cards loses to a blackjack", blind, "5 T 6 A T", "hit", "1", "0"],
    ["the dealer stands on soft 17", {}, "T A 8 6", "decline stand", "1", "2"],
    ["the dealer hits soft 17", { soft17: "hit" }, "T 6 8 A 4", "stand", "1", "0"],
    ["the dealer stands on hard 17", { soft17: "hit" }, "T 6 8 A T", "stand", "1", "2"],
    ["soft 18 stands even so", { soft17: "hit" }, "T 7 8 A", "stand", "1", "1"],
    ["a double won", {}, "6 5 5 T T K", "double", "2", "4"],
    ["a double equal", {}, "6 T 4 9 9", "double", "2", "2"],
    ["a double bust", {}, "T 5 6 T K", "double", "2", "0"],
    ["a double of any total", {}, "A 6 2 T 9 K", "double", "2", "4"],
    ["surrender", late, "T 9 6 T", "surrender", "1", "1/2"],
    ["surrender to a hidden blackjack", { ...late, ...blind }, "T T 6 A", "surrender", "1", "0"],
    ["insurance won", {}, "9 A 9 K", "insure", "3/2", "3/2"],
    ["insurance and a blackjack against one", {}, "A A T K", "insure", "3/2", "5/2"],
    ["insurance lost by a blackjack", {}, "A A T 5", "insure", "3/2", "5/2"],
    ["insurance lost, hand won", {}, "T A 9 7", "insure stand", "3/2", "2"],
    ["insurance declined against a blackjack", {}, "9 A 9 K", "decline", "1", "0"],
    ["surrender after insurance", late, "T A 6 5", "insure surrender", "3/2", "1/2"],
    ["insurance won at the end without peek", blind, "T A 9 K", "insure stand", "3/2", "3/2"],
    ["insurance won after a bust", blind, "T A 6 K T", "insure hit", "3/2", "3/2"],
    [
      "insurance won after surrender",
      { ...blind, ...late },
      "T A 6 K",
      "insure surrender",
      "3/2",
      "3/2",
    ],
    ["a blackjack takes the double without peek", blind, "6 T 5 A T", "double", "2", "0"],
    [
      "a blackjack takes the split without peek",
      blind,
      "8 T 8 A T T",
      "split stand stand",
      "2",
      "0",
    ],
    ["21 after a split pays even money", {}, "A 6 A T K Q T", "split", "2", "4"],
    ["21 after a split loses to a blackjack", blind, "T T T A A A", "split", "2", "0"],
    ["a split, one won, one lost", {}, "8 8 8 9 K 2", "split stand stand", "2", "2"],
    ["split and double both", {}, "8 6 8 T 3 2 T T K", "split double double", "4", "8"],
    ["one bust, the other plays on", {}, "8 8 8 9 6 T T", "split hit stand", "2", "2"],
    ["both bust, the dealer draws no card", {}, "8 5 8 5 6 6 T T", "split hit hit", "2", "0"],
    [
      "the right hand split",
      three,
      "8 6 8 T 2 8 T 3 9 K",
      "split stand split stand double",
      "4",
      "8",
    ],
  ];
  for (const [name, config, cards, actions, staked, paid] of settled) {
    it(`pays ${paid} of ${staked} staked: ${name}`, () => {
      const draws = shoe(cards);
      const round = replay(game(config), {}, actionsOf(actions), draws);
      assert.deepEqual([round.over, draws.left], [true, []]);
      assert.deepEqual([toText(round.tally.staked), toText(round.tally.payout)], [staked, paid]);
    });
  }

  it("shows what each hand stands for as money of the round", () => {
    const round = replay(game(), {}, actionsOf("split double"), shoe("8 6 8 T 3 2 T T K"));
    const { hands } = round.outcome(moneyOf(250n, 2)) as { hands: { stake: string }[] };
    assert.deepEqual(
      hands.map(({ stake }) => stake),
      ["5.00", "2.50"],
    );
    const yen = round.outcome(moneyOf(250n, 0)) as { hands: { stake: string }[] };
    assert.equal(yen.hands[0]?.stake, "500");
  });

  it("shows the upcard alone while the round is open, and everything in draw order at its end", () => {
    const cards = "8 6 8 T 3 2 T T K";
    const steps = ["", "split", "split double", "split double double"];
    const shown = steps.map((actions) => {
      return replay(game(), {}, actionsOf(actions), shoe(cards)).outcome(toText);
    });
    const hand = (names: string, stake = "1") => ({ cards: cardsOf(names), stake });
    assert.deepEqual(shown, [
      { hands: [hand("8 8")], dealer: cardsOf("6") },
      { hands: [hand("8 3"), hand("8 2")], dealer: cardsOf("6") },
      { hands: [hand("8 3 T", "2"), hand("8 2")], dealer: cardsOf("6") },
      { hands: [hand("8 3 T", "2"), hand("8 2 T", "2")], dealer: cardsOf("6 T K") },
    ]);
  });

  it("pays nothing before the end, and counts what is staked so far", () => {
    const cards = "8 6 8 T 3 2 T T K";
    const { tally } = replay(game(), {}, actionsOf("split double"), shoe(cards));
    assert.deepEqual([toText(tally.staked), toText(tally.payout)], ["3", "0"]);
    const insured = replay(game(), {}, actionsOf("insure"), shoe("9 A 7 5")).tally;
    assert.deepEqual([toText(insured.staked), toText(insured.payout)], ["3/2", "0"]);
  });

  it("ends an abandoned round by declining insurance and standing on every hand", () => {
    const declined = finish(game(), {}, [], shoe("9 A 7 9"));
    assert.deepEqual(declined.added, actionsOf("decline stand"));
    const split = finish(game(), {}, actionsOf("split"), shoe("8 6 8 T 3 2 K"));
    assert.deepEqual(split.added, actionsOf("stand stand"));
    assert.equal(toText(split.tally.payout), "4");
    const ace = finish(game(again), {}, actionsOf("split"), shoe("A 6 A T A 9 K"));
    assert.deepEqual(ace.added, actionsOf("stand"));
    const recorded: RecordedAction[] = [{ type: "hit", by: "default" }];
    assert.throws(() => replay(game(), {}, recorded, shoe("9 6 7 9 2")), IllegalAction);
  });

  it("draws each card of 52, with replacement", () => {
    const compiled = game();
    const counts = Array.from({ length: 52 }, () => 0);
    const draws = new FastDraws("cards");
    for (let i = 0; i < 20_000; i++) {
      const state = engine.start(compiled.prepared, {}, draws) as { dealer: number[] };
      for (const card of state.dealer) counts[card] = (counts[card] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, n) => sum + (n - 40_000 / 52) ** 2 / (40_000 / 52), 0);
    assert.ok(chiSquare < 90, `${chiSquare}`);
  });

  const bounds: [Json, string][] = [
    [{}, "8"],
    [{ maxHands: 1 }, "4"],
    [{ maxHands: 4 }, "16"],
    [{ maxHands: 4, doubleAfterSplit: false }, "8"],
    [{ maxHands: 2, doubleAfterSplit: false, doubleOn: "10-11" }, "4"],
    [{ blackjackPays: "100" }, "100"],
  ];
  for (const [config, bound] of bounds) {
    it(`pays at most ${bound} with ${JSON.stringify(config)}`, () => {
      const { prepared } = game(config);
      assert.equal(toText(engine.bound(prepared, {})), bound);
      assert.equal(toText(engine.maxMultiplier(prepared)), bound);
    });
  }

  it("reaches its bound", () => {
    const actions = actionsOf("split split double double double");
    const cards = "5 6 5 T 5 6 6 6 T T T K";
    const { tally } = replay(game(three), {}, actions, shoe(cards));
    assert.equal(toText(tally.payout), "12");
    assert.equal(toText(engine.maxMultiplier(game(three).prepared)), "12");
  });

  const halves: [Json, bigint, bigint, string[]][] = [
    [{}, 100n, 50n, []],
    [{}, 25n, 25n, ["/min", "/step"]],
    [{}, 100n, 25n, ["/step"]],
    [bare, 25n, 25n, []],
    [{ ...bare, ...late }, 25n, 5n, ["/min", "/step"]],
  ];
  for (const [config, min, step, pointers] of halves) {
    it(`refuses ${pointers.join(" and ") || "nothing"} of stakes from ${min} by ${step} with ${JSON.stringify(config)}`, () => {
      const terms = { currency: "USD", digits: 2, min, max: 1000n, step, maxPayout: 10_000n };
      const problems = engine.checkStakes?.(game(config).prepared, terms) ?? [];
      assert.deepEqual(
        problems.map(({ pointer }) => pointer),
        pointers,
      );
      assert.ok(problems.every(({ message }) => /odd in minor units/.test(message)));
    });
  }

  const badConfigs: [Json, string][] = [
    [{ decks: 6 }, "/decks"],
    [{ soft17: "draw" }, "/soft17"],
    [{ doubleOn: "11" }, "/doubleOn"],
    [{ maxHands: 0 }, "/maxHands"],
    [{ maxHands: 9 }, "/maxHands"],
    [{ peek: "no" }, "/peek"],
    [{ surrender: "early" }, "/surrender"],
    [{ blackjackPays: "0" }, "/blackjackPays"],
    [{ blackjackPays: 2.5 }, "/blackjackPays"],
    [{ charlie: 6 }, "/charlie"],
  ];
  for (const [config, pointer] of badConfigs) {
    it(`refuses the configuration ${JSON.stringify(config)}`, () => {
      const compiled = compile(engine, config);
      assert.ok("problems" in compiled);
      assert.equal(compiled.problems[0]?.pointer, pointer);
    });
  }

  it("takes an empty bet and actions of a known type, and nothing else", () => {
    const { checkBet, checkAction } = game();
    const stake = { amount: 100n, step: 100n, digits: 2 };
    assert.deepEqual(checkBet({}, stake), []);
    for (const bet of [null, [], "x", { side: "heads" }, { insurance: true }]) {
      assert.equal(checkBet(bet, stake).length, 1);
    }
    for (const type of moves) assert.deepEqual(checkAction({ type }), []);
    const bad: [Json, string][] = [
      [{ type: "fold" }, "/type"],
      [{ type: 1 }, "/type"],
      [{}, "/type"],
      [{ type: "hit", hand: 0 }, "/hand"],
      [null, ""],
    ];
    for (const [action, pointer] of bad) assert.equal(checkAction(action)[0]?.pointer, pointer);
  });

  it("plays any legal actions to the end as the contract read by other code does", () => {
    const dealt = fc.record({ seed: fc.string(), deck, hole: noBlackjack });
    fc.assert(
      fc.property(switches, dealt, fc.infiniteStream(fc.nat()), (config, cards, choices) => {
        const compiled = game(config);
        const actions: Action[] = [];
        const played = (hole?: number) => {
          const { outcome, ...rest } = replay(compiled, {}, actions, dealer(cards, hole));
          return { ...rest, outcome: outcome(toText) };
        };
        let round = played();
        while (!round.over) {
          assert.deepEqual(played(cards.hole), round, "the hole card shows");
          assert.deepEqual(round.tally.staked, stakedIn(round.outcome, actions));
          const types = moves.filter((move) => round.legalActions.includes(move));
          assert.deepEqual(round.legalActions, types, "in the contract's order");
          actions.push({ type: types[(choices.next().value ?? 0) % types.length] ?? "" });
          round = played();
        }
        assert.ok(compare(round.tally.payout, engine.bound(compiled.prepared, {})) <= 0);
        assert.deepEqual(round.tally.staked, stakedIn(round.outcome, actions));
        const draws = dealer(cards);
        const types = actions.map(({ type }) => type);
        const reference = referenceBlackjack(config as Switches, types, () => draws.below(52));
        const { pays, ...outcome } = reference;
        assert.deepEqual(round.outcome, outcome);
        const paid = typeof pays === "string" ? parseFraction(pays) : fraction(pays, 4);
        assert.deepEqual(round.tally.payout, paid);
      }),
      { numRuns: 1_000 },
    );
  });
});

const switches = fc.record({
  soft17: fc.constantFrom("stand", "hit"),
  doubleAfterSplit: fc.boolean(),
  doubleOn: fc.constantFrom("any", "9-11", "10-11"),
  maxHands: fc.integer({ min: 1, max: 8 }),
  hitSplitAces: fc.boolean(),
  resplitAces: fc.boolean(),
  surrender: fc.constantFrom("none", "late"),
  blackjackPays: fc.constantFrom("5/2", "11/5", "2"),
  insurance: fc.boolean(),
  peek: fc.boolean(),
});

/** A hole card, 2 … 9, that leaves the round open whatever the upcard. */
const noBlackjack = fc.integer({ min: 1, max: 8 });

/** Few cards give many pairs, aces and tens. */
const deck = fc.constantFrom("A", "A T", "A K 5", "8", "8 3", "2 A", "T J 6", "A23456789TJQK");

/** Cards of a small deck by a seed; the fourth, the hole card, may be another one. */
function dealer({ seed, deck }: { seed: string; deck: string }, hole?: number): Draws {
  const cards = cardsOf([...deck.replaceAll(" ", "")].join(" "));
  const draws = new FastDraws(seed);
  let count = 0;
  const below = () => {
    const card = cards[draws.below(cards.length)] ?? 0;
    count += 1;
    return count === 4 ? (hole ?? card) : card;
  };
  const none = () => assert.fail("only single cards are drawn");
  return { below, belowBig: none, shuffle: none, choose: none };
}

/** What the hands and the insurance cost, as the outcome and the actions show it. */
function stakedIn(outcome: Json, actions: Action[]) {
  const { hands } = outcome as { hands: { stake: string }[] };
  const insurance = actions.some(({ type }) => type === "insure") ? fraction(1, 2) : fraction(0);
  return hands.map(({ stake }) => parseFraction(stake)).reduce(add, insurance);
}
