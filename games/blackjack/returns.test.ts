import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { add, compare, div, fraction, sub, toNumber, toText, zero } from "../fraction.ts";
import type { Json } from "../game.ts";
import { engines } from "../index.ts";
import { compile } from "../play.ts";
import { prove } from "../prove.ts";
import { simulate } from "../simulate.ts";
import type { Config, Move } from "./moves.ts";
import type { State } from "./rules.ts";
import { chance } from "./spread.ts";
import { best, dealerTotals, Upcard } from "./upcard.ts";
import { WholeRounds, type Worth } from "./whole-rounds.ts";

const engine = engines.get("blackjack") ?? assert.fail();

function game(config: Json = {}) {
  const compiled = compile(engine, config);
  assert.ok(!("problems" in compiled));
  return compiled;
}

function mainEntry(config: Json) {
  return engine.returns(game(config).prepared)[0] ?? assert.fail();
}

function upcard(config: Json, value: number): Upcard {
  const prepared = game(config).prepared as Config;
  return new Upcard(prepared, value, dealerTotals(prepared));
}

function close(found: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);
}

/** An open round with these cards; the hole card leaves it open whatever the upcard. */
function stateOf(up: number, first: number, second: number): State {
  const hands = [{ cards: [first - 1, second - 1], doubled: false }];
  const dealer = [up - 1, 6];
  return { hands, turn: 0, dealer, insurance: "none", surrendered: false, over: false };
}

describe("blackjack's returns", () => {
  const published: [string, Json, number, number][] = [
    // Wizard of Odds, Blackjack Appendix 1: infinite deck, dealer stands on soft 17, double after split, split up to
    // three times but aces once with one card each: house edge 0.511734 %.
    ["the Wizard of Odds", { maxHands: 4 }, 0.511734, 5e-7],
    ["Stake Originals", {}, 0.57, 5e-3],
    // Griffin, The Theory of Blackjack: infinite deck, no splitting again, no doubling after it: 0.6902 %.
    ["Peter Griffin", { doubleAfterSplit: false }, 0.6902, 5e-5],
  ];
  for (const [source, config, edge, tolerance] of published) {
    it(`keep the edge of ${edge} % that ${source} published`, () => {
      close((1 - toNumber(mainEntry(config).rtp)) * 100, edge, tolerance);
    });
  }

  // The same Appendix 1: expected net win after the peek.
  const plays: [number, number, number, Move, number][] = [
    [10, 8, 8, "stand", -0.5404],
    [10, 8, 8, "hit", -0.5398],
    [10, 8, 8, "double", -1.0797],
    [10, 8, 8, "split", -0.4807],
    [2, 10, 7, "stand", -0.153],
    [6, 10, 7, "stand", 0.0117],
    [1, 10, 7, "stand", -0.478],
    [7, 10, 10, "stand", 0.7732],
    [1, 10, 10, "stand", 0.6555],
    [5, 10, 6, "stand", -0.1672],
    [2, 2, 2, "hit", -0.1149],
    [6, 2, 2, "hit", 0.0111],
  ];
  for (const [up, first, second, move, expected] of plays) {
    it(`value ${move} with ${first} ${second} against ${up} as published`, () => {
      const card = upcard({ maxHands: 4 }, up);
      const hand = { cards: [first - 1, second - 1], doubled: false };
      const value = toNumber(div(card.option(move, hand, 0, 3).value, card.noBlackjack));
      close(value - 1, expected, 6e-5);
    });
  }

  // By a program of its own in another language: floating point, every split played out card by card.
  const computed: [Json, number, number, number, number][] = [
    [
      {
        soft17: "stand",
        doubleAfterSplit: true,
        doubleOn: "any",
        maxHands: 1,
        hitSplitAces: true,
        resplitAces: false,
        surrender: "none",
        peek: false,
      },
      0.9883231064828206,
      1.326791699758366,
      0.5189280947024719,
      0.9891891550538378,
    ],
    [
      {
        soft17: "stand",
        doubleAfterSplit: true,
        doubleOn: "9-11",
        maxHands: 4,
        hitSplitAces: false,
        resplitAces: true,
        surrender: "none",
        peek: true,
      },
      0.9947633130150121,
      1.4974139979833858,
      0.5245452728107896,
      0.9953124027047321,
    ],
    [
      {
        soft17: "stand",
        doubleAfterSplit: false,
        doubleOn: "10-11",
        maxHands: 2,
        hitSplitAces: true,
        resplitAces: true,
        surrender: "none",
        peek: true,
      },
      0.9934191738889901,
      1.3450823926702387,
      0.5244758966559001,
      0.993966519820347,
    ],
    [
      {
        soft17: "hit",
        doubleAfterSplit: true,
        doubleOn: "any",
        maxHands: 2,
        hitSplitAces: false,
        resplitAces: false,
        surrender: "late",
        peek: false,
      },
      0.9921039528142952,
      1.4325370562984185,
      0.5608197141823661,
      0.9929115510397324,
    ],
    [
      {
        soft17: "hit",
        doubleAfterSplit: true,
        doubleOn: "9-11",
        maxHands: 4,
        hitSplitAces: true,
        resplitAces: false,
        surrender: "late",
        peek: true,
      },
      0.9945910907115828,
      1.4662584015374043,
      0.5610722410365954,
      0.9951632828075293,
    ],
    [
      {
        soft17: "hit",
        doubleAfterSplit: true,
        doubleOn: "10-11",
        maxHands: 4,
        hitSplitAces: false,
        resplitAces: true,
        surrender: "none",
        peek: false,
      },
      0.9904397253397881,
      1.3758066157822983,
      0.5230137889241939,
      0.9912108302227582,
    ],
    [
      {
        soft17: "hit",
        doubleAfterSplit: false,
        doubleOn: "9-11",
        maxHands: 3,
        hitSplitAces: false,
        resplitAces: true,
        surrender: "late",
        peek: false,
      },
      0.9908727050770719,
      1.3129983894272101,
      0.5614392519577527,
      0.9916190792987947,
    ],
  ];
  for (const [config, rtp, variance, hitRate, rtpOfTotal] of computed) {
    it(`are what other code computes for ${JSON.stringify(config)}`, () => {
      const entry = mainEntry(config);
      close(toNumber(entry.rtp), rtp, 1e-12);
      close(toNumber(entry.variance), variance, 1e-11);
      close(toNumber(entry.hitRate), hitRate, 1e-12);
      close(toNumber(entry.rtpOfTotal ?? zero), rtpOfTotal, 1e-12);
    });
  }

  const blind = { peek: false, surrender: "late" };
  const aces = { maxHands: 4, resplitAces: true };
  const deals: [string, Json, number, number, number][] = [
    ["eights against 6", {}, 6, 8, 8],
    ["nines against an ace that may hide a blackjack", { ...blind, doubleOn: "10-11" }, 1, 9, 9],
    ["eights against a ten without peek or surrender", { ...blind, surrender: "none" }, 10, 8, 8],
    ["tens against 8, three hands", { maxHands: 3 }, 8, 10, 10],
    ["aces against 8, four hands", aces, 8, 1, 1],
    ["aces against 10, four hands, dealer hits soft 17", { ...aces, soft17: "hit" }, 10, 1, 1],
    ["aces that may be hit against 4", { hitSplitAces: true }, 4, 1, 1],
    ["fives against 9 with hard doubles", { doubleOn: "10-11" }, 9, 5, 5],
    ["sevens against 7", { doubleOn: "9-11", soft17: "hit" }, 7, 7, 7],
    ["16 against a ten", { surrender: "late" }, 10, 10, 6],
    ["16 against a ten without peek", blind, 10, 9, 7],
    ["soft 18 against 3", {}, 3, 1, 7],
    ["11 against a ten without peek", blind, 10, 5, 6],
  ];
  for (const [name, config, up, first, second] of deals) {
    it(`are those of whole rounds from the rules: ${name}`, () => {
      const prepared = game(config).prepared as Config;
      const rounds = new WholeRounds(prepared);
      const state = stateOf(up, first, second);
      const options = rounds.options(state);
      const card = upcard(config, up);
      const share = toNumber(card.cost);
      const hand = state.hands[0] ?? assert.fail();
      const most = Math.max(...options.map(({ worth }) => worth.net));
      for (const { move, worth } of options) {
        const { value } = card.option(move, hand, 0, prepared.maxHands - 1);
        close(toNumber(value) / share, worth.net, 1e-10);
        const regret = engine.regret(prepared, state, { type: move }, { by: "player" });
        close(toNumber(regret), most - worth.net, 1e-10);
      }
      if (first !== second || best(options.map(comparable)).move !== "split") return;
      const { paid, square, hit } = rounds.best(state);
      const { ways, cards } = card.pair(first).payouts(prepared.maxHands - 1);
      const moment = (of: (multiplier: number) => number) =>
        ways.reduce((sum, n, halves) => sum + of(halves / 2) * toNumber(chance(n, cards)), 0);
      const seen = prepared.peek ? toNumber(card.noBlackjack) : 1;
      close(moment((it) => it) / seen, paid, 1e-10);
      close(moment((it) => it * it) / seen, square, 1e-9);
      close(moment((it) => Number(it > 0)) / seen, hit, 1e-10);
    });
  }

  it("agree with themselves all over the combinations of the switches", () => {
    for (const config of combinations(11)) {
      const { prepared } = game(config);
      const [entry = assert.fail()] = engine.returns(prepared);
      const outcomes = entry.outcomes ?? [];
      assert.equal(toText(outcomes.map((it) => it.probability).reduce(add)), "1");
      assert.deepEqual(engine.expected(prepared, {}), entry.rtp);
      assert.ok(compare(entry.rtp, fraction(98, 100)) > 0 && compare(entry.rtp, fraction(1)) < 0);
      const most = engine.maxMultiplier(prepared);
      assert.ok(outcomes.every(({ multiplier }) => compare(multiplier, most) <= 0));
    }
  });

  it("give more for each switch that a player would want", () => {
    const better: [Json, Json][] = [
      [{ soft17: "hit" }, {}],
      [{ doubleAfterSplit: false }, {}],
      [{ doubleOn: "9-11" }, {}],
      [{ doubleOn: "10-11" }, { doubleOn: "9-11" }],
      [{ maxHands: 1 }, {}],
      [{}, { maxHands: 3 }],
      [{ maxHands: 7 }, { maxHands: 8 }],
      [{}, { hitSplitAces: true }],
      [{ maxHands: 3 }, { maxHands: 3, resplitAces: true }],
      [{}, { surrender: "late" }],
      [{ blackjackPays: "11/5" }, {}],
      [{ peek: false }, {}],
    ];
    for (const [worse, more] of better) {
      const name = `${JSON.stringify(worse)} ${JSON.stringify(more)}`;
      assert.ok(compare(mainEntry(worse).rtp, mainEntry(more).rtp) < 0, name);
    }
    // The insurance is a bet of its own; the second of two hands cannot be split again.
    for (const same of [{ insurance: false }, { resplitAces: true }]) {
      assert.deepEqual(mainEntry(same).rtp, mainEntry({}).rtp);
    }
  });

  it("give a blackjack's pay its exact weight", () => {
    const won = div(
      sub(mainEntry({}).rtp, mainEntry({ blackjackPays: "11/5" }).rtp),
      fraction(3, 10),
    );
    // 2 · 1/13 · 4/13 for a blackjack, less the same again for one against it.
    assert.deepEqual(won, fraction(8 * 161, 169 * 169));
  });

  it("list insurance by itself, as a side bet, where there is one", () => {
    const [, insurance, ...more] = engine.returns(game().prepared);
    assert.deepEqual([insurance?.bet, insurance?.side, more], [{ insurance: true }, true, []]);
    assert.equal(toText(insurance?.rtp ?? zero), "12/13");
    assert.equal(toText(insurance?.hitRate ?? zero), "4/13");
    assert.equal(engine.returns(game({ insurance: false }).prepared).length, 1);
  });

  it("regret insurance by what it costs, and declining by nothing", () => {
    const { prepared } = game();
    const state = { ...stateOf(1, 10, 9), insurance: "offered" };
    const regret = (type: string) => engine.regret(prepared, state, { type }, { by: "player" });
    assert.deepEqual([toText(regret("insure")), toText(regret("decline"))], ["1/26", "0"]);
  });

  it("regret nothing of a pair that is kept while another takes the last split", () => {
    const { prepared } = game({ maxHands: 3 });
    const pair = { cards: [7, 7], doubled: false };
    const state = { ...stateOf(6, 8, 8), hands: [pair, pair] };
    const regret = (type: string) => engine.regret(prepared, state, { type }, { by: "player" });
    assert.deepEqual([toText(regret("stand")), toText(regret("split"))], ["0", "0"]);
    assert.ok(compare(regret("hit"), zero) > 0);
    const last = { ...state, turn: 1 };
    const alone = engine.regret(prepared, last, { type: "stand" }, { by: "player" });
    assert.ok(compare(alone, zero) > 0);
  });

  const rehearsed: Json[] = [
    { maxHands: 4, resplitAces: true, hitSplitAces: true, surrender: "late", soft17: "hit" },
    { peek: false, doubleOn: "10-11", insurance: false, blackjackPays: "11/5" },
  ];
  for (const config of rehearsed) {
    it(`are what rounds come to with ${JSON.stringify(config)}`, () => {
      const result = simulate(game(config), 200_000, "returns");
      assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    });
  }

  it("lose by rounding where a stake does not divide a blackjack's pay", () => {
    const terms = { currency: "USD", digits: 2, max: 1_000n, maxPayout: 100_000n };
    const worst = (min: bigint) => {
      const stakes = [{ ...terms, min, step: min }];
      const config = { blackjackPays: "11/5" };
      const request = { engine: "blackjack", config, stakes, returnToPlayer: { min: "0.9" } };
      return prove(request).figures;
    };
    const exact = worst(10n);
    assert.equal(exact?.worstStake["USD"]?.rtp, exact?.rtp.min);
    const rounded = worst(2n);
    // Of 2 minor units a blackjack pays 4.4, rounded down to 4: a fifth of a stake less.
    const lost = fraction(8 * 161, 5 * 169 * 169);
    const rtp = mainEntry({ blackjackPays: "11/5" }).rtp;
    assert.equal(rounded?.worstStake["USD"]?.rtp, toText(sub(rtp, lost)));
    assert.equal(rounded?.worstStake["USD"]?.stake, "0.02");
  });

  it("take less than ten seconds where there is most to compute", () => {
    const config = { maxHands: 8, resplitAces: true, hitSplitAces: true, surrender: "late" };
    const started = performance.now();
    mainEntry(config);
    assert.ok(performance.now() - started < 10_000);
  });
});

/** The test's numbers as options, so that ties are broken as the engine breaks them. */
function comparable({ move, worth }: { move: Move; worth: Worth }) {
  return { move, value: fraction(BigInt(Math.round(worth.net * 1e12)), 10n ** 12n) };
}

/** Every n-th combination: with a prime step each switch meets each other one. */
function* combinations(step: number): Generator<{ [name: string]: Json }> {
  const switches: [string, Json[]][] = [
    ["soft17", ["stand", "hit"]],
    ["doubleAfterSplit", [true, false]],
    ["doubleOn", ["any", "9-11", "10-11"]],
    ["maxHands", [1, 2, 4]],
    ["hitSplitAces", [true, false]],
    ["resplitAces", [true, false]],
    ["surrender", ["none", "late"]],
    ["peek", [true, false]],
  ];
  const count = switches.reduce((product, [, choices]) => product * choices.length, 1);
  for (let index = 0; index < count; index += step) {
    let rest = index;
    const config: { [name: string]: Json } = {};
    for (const [name, choices] of switches) {
      config[name] = choices[rest % choices.length] ?? null;
      rest = Math.floor(rest / choices.length);
    }
    yield config;
  }
}
