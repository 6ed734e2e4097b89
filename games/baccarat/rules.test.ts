import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Draws } from "../draws.ts";
import { FastDraws } from "../fast-draws.ts";
import { compare, fraction, toText, zero } from "../fraction.ts";
import type { Json } from "../game.ts";
import { exposure, payout } from "../play.ts";
import {
  absurdities,
  distorted,
  drawing,
  faultsOf,
  ready,
  refusedOrPlayed,
  stake,
} from "../testing.ts";
import { card, engine, five, published, shoe } from "./testing.ts";

type Hands = { player: number[]; banker: number[] };

function round(draws: Draws, bets: [on: string, stake: string][], config: Json = {}) {
  const { prepared } = ready(engine, config);
  const bet = { bets: bets.map(([on, part]) => ({ on, stake: part })) };
  const state = engine.start(prepared, bet, draws);
  assert.deepEqual(engine.legalActions(prepared, state), []);
  const hands = engine.outcome(prepared, state, toText) as Hands;
  return { ...hands, payout: toText(engine.tally(prepared, state).payout) };
}

/** Two cards of different ranks for each total: a picture and the points, or a king and a ten. */
function twoFor(total: number, suit: number): [number, number] {
  return [card(0, suit), total === 0 ? 13 * suit + 9 : card(total, suit)];
}

describe("baccarat", () => {
  for (const [bankerTotal, row] of published.entries()) {
    for (let third = 0; third < 10; third++) {
      const draws = row[third] === "D";
      it(`${draws ? "draws to" : "stands on"} a banker's ${bankerTotal} when the player drew a ${third}`, () => {
        for (let playerTotal = 0; playerTotal <= 5; playerTotal++) {
          const [p1, p2] = twoFor(playerTotal, 0);
          const [b1, b2] = twoFor(bankerTotal, 1);
          const { player, banker } = round(shoe(p1, b1, p2, b2, card(third, 2), card(9, 3)), [
            ["player", "1"],
          ]);
          assert.deepEqual(player, [p1, p2, card(third, 2)]);
          assert.deepEqual(banker, draws ? [b1, b2, card(9, 3)] : [b1, b2]);
        }
      });
    }

    it(`${row[11] === "D" ? "draws to" : "stands on"} a banker's ${bankerTotal} when the player stood`, () => {
      for (const playerTotal of [6, 7]) {
        const [p1, p2] = twoFor(playerTotal, 0);
        const [b1, b2] = twoFor(bankerTotal, 1);
        const { player, banker } = round(shoe(p1, b1, p2, b2, card(9, 3)), [["player", "1"]]);
        assert.deepEqual(player, [p1, p2]);
        assert.deepEqual(banker, row[11] === "D" ? [b1, b2, card(9, 3)] : [b1, b2]);
      }
    });
  }

  it("ends at once with 8 or 9 in either hand", () => {
    for (let one = 0; one <= 9; one++) {
      for (const natural of [8, 9]) {
        for (const [playerTotal, bankerTotal] of [
          [one, natural],
          [natural, one],
        ] as const) {
          const [p1, p2] = twoFor(playerTotal, 0);
          const [b1, b2] = twoFor(bankerTotal, 1);
          const { player, banker } = round(shoe(p1, b1, p2, b2), [["tie", "1"]]);
          assert.deepEqual(
            [player, banker],
            [
              [p1, p2],
              [b1, b2],
            ],
          );
        }
      }
    }
  });

  const nine = [card(0, 1), card(9, 1)] as const;
  const seven = [card(0, 2), card(7, 2)] as const;
  const pairs = [card(4, 0), card(4, 1), card(2, 0), card(2, 1)] as const;
  const paid: [string, number[], string, string][] = [
    ["player", [nine[0], seven[0], nine[1], seven[1]], "player", "2"],
    ["player", [nine[0], seven[0], nine[1], seven[1]], "banker", "0"],
    ["player", [nine[0], seven[0], nine[1], seven[1]], "tie", "0"],
    ["banker", [seven[0], nine[0], seven[1], nine[1]], "banker", "39/20"],
    ["banker", [seven[0], nine[0], seven[1], nine[1]], "player", "0"],
    ["tie", [card(0, 3), nine[0], card(9, 3), nine[1]], "tie", "9"],
    ["tie", [card(0, 3), nine[0], card(9, 3), nine[1]], "player", "1"],
    ["tie", [card(0, 3), nine[0], card(9, 3), nine[1]], "banker", "1"],
    ["player with both pairs", [pairs[0], pairs[2], pairs[1], pairs[3]], "playerPair", "12"],
    ["player with both pairs", [pairs[0], pairs[2], pairs[1], pairs[3]], "bankerPair", "12"],
    ["a king and a queen", [card(0), nine[0], 11, nine[1]], "playerPair", "0"],
    ["banker's pair", [nine[0], pairs[2], nine[1], pairs[3]], "bankerPair", "12"],
    ["banker's pair", [nine[0], pairs[2], nine[1], pairs[3]], "playerPair", "0"],
  ];
  for (const [name, top, on, multiplier] of paid) {
    it(`pays ${on} ${multiplier} for ${name}`, () => {
      assert.equal(round(shoe(...top), [[on, "1"]]).payout, multiplier);
    });
  }

  it("pays bets of parts by what each has of the stake", () => {
    const top = shoe(pairs[0], pairs[2], pairs[1], pairs[3]);
    const parts: [string, string][] = [
      ["player", "1.00"],
      ["banker", "0.50"],
      ["player", "0.25"],
      ["playerPair", "0.25"],
    ];
    assert.equal(round(top, parts).payout, toText(fraction(1250 + 1250 + 3000, 2000)));
    assert.equal(round(top, [["banker", "9"]], { bankerPays: "2" }).payout, "0");
  });

  it("shuffles the whole shoe, and deals from its top", () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const asked: number[] = [];
      const shuffle = (n: number) => {
        asked.push(n);
        return Array.from({ length: n }, (_, i) => n - 1 - i);
      };
      const { player, banker } = round({ ...shoe(), shuffle }, [["tie", "1"]], { decks: size });
      assert.deepEqual(asked, [52 * size]);
      assert.deepEqual(
        [player.slice(0, 2), banker.slice(0, 2)],
        [
          [51, 49],
          [50, 48],
        ],
      );
    }
  });

  it("draws from an infinite shoe card by card, and no more than it deals", () => {
    const draws = drawing(...[0, 7, 0, 12, 0, 6].map((value) => ({ n: 52, value })));
    // The banker's natural 8 leaves the last two draws to others.
    const { player, banker } = round(draws, [["playerPair", "1"]], { decks: "infinite" });
    assert.deepEqual(
      [player, banker],
      [
        [0, 0],
        [7, 12],
      ],
    );
    const six = drawing(...[0, 1, 0, 12, 6, 8].map((value) => ({ n: 52, value })));
    const long = round(six, [["tie", "1"]], { decks: "infinite" });
    assert.deepEqual(
      [long.player, long.banker],
      [
        [0, 0, 6],
        [1, 12, 8],
      ],
    );
  });
});

describe("bets on baccarat", () => {
  const one = (on: Json, part: Json) => ({ bets: [{ on, stake: part }] });
  const step = { amount: 600n, step: 20n, digits: 2 };

  it("have parts that are multiples of the step and add up to the stake", () => {
    const { checkBet } = ready(engine);
    assert.deepEqual(checkBet(one("player", "6"), step), []);
    const split = ["2.00", "3.60", "0.40"].map((part) => ({ on: "tie", stake: part }));
    assert.deepEqual(checkBet({ bets: split }, step), []);
    const faults: [Json, string, RegExp][] = [
      [one("player", "6.10"), "/bets/0/stake", /multiple of 0\.20 above zero/],
      [one("player", "0"), "/bets/0/stake", /above zero/],
      [one("player", "6.000"), "/bets/0/stake", /at most 2 decimals/],
      [one("player", "9".repeat(36)), "/bets", /add up to 9+\.00, not to 6\.00/],
      [one("player", "5.80"), "/bets", /add up to 5\.80, not to 6\.00: change/],
      [one("player", 6), "/bets/0/stake", /write it in quotes/],
      [one("dragon", "6"), "/bets/0/on", /one of player, banker, tie, playerPair, bankerPair/],
      [{ bets: [] }, "/bets", /./],
      [{ bets: Array.from({ length: 101 }, () => ({ on: "tie", stake: "0.20" })) }, "/bets", /100/],
      [{}, "/bets", /is required/],
    ];
    for (const [bet, pointer, message] of faults) {
      const [problem] = checkBet(bet as Json, step);
      assert.equal(problem?.pointer, pointer);
      assert.match(problem?.message ?? "", message);
    }
    const hundred = { bets: Array.from({ length: 100 }, () => ({ on: "tie", stake: "0.20" })) };
    assert.deepEqual(checkBet(hundred, { ...step, amount: 2000n }), []);
  });

  it("may be of a million ether in wei", () => {
    const wei = { amount: 10n ** 24n, step: 1n, digits: 18 };
    const compiled = ready(engine);
    const bet = {
      bets: [
        { on: "player", stake: "999999.999999999999999999" },
        { on: "banker", stake: "0.000000000000000001" },
      ],
    };
    assert.deepEqual(compiled.checkBet(bet, wei), []);
    assert.equal(exposure(compiled, bet, wei.amount), 2n * (10n ** 24n - 1n));
    const state = engine.start(compiled.prepared, bet, shoe(card(0), card(2), card(9), card(5)));
    assert.equal(payout(wei.amount, engine.tally(compiled.prepared, state)), 2n * 10n ** 24n - 2n);
  });

  it("are refused with pointers where they are absurd, or played within their bound", () => {
    const compiled = ready(engine);
    const draws = new FastDraws("absurd");
    const whole = {
      bets: [
        { on: "player", stake: "0.40" },
        { on: "tie", stake: "0.60" },
      ],
    };
    assert.notEqual(refusedOrPlayed(compiled, whole, draws), "refused");
    for (const bet of distorted(whole)) {
      assert.equal(refusedOrPlayed(compiled, bet, draws), "refused");
    }
    const part = fc.record({
      on: fc.constantFrom<Json>(...five, ...absurdities.slice(0, 20)),
      stake: fc.oneof(fc.constantFrom("0.50", "1.00", "0.25"), fc.string()),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ bets: fc.array(part) })), (bet) => {
        refusedOrPlayed(compiled, bet as Json, draws);
      }),
    );
  });

  it("never pay more than their bound, and reach it", () => {
    const compiled = ready(engine, { decks: 1, tiePays: "3", pairPays: "2" });
    const bet = {
      bets: [
        { on: "player", stake: "0.60" },
        { on: "playerPair", stake: "0.40" },
      ],
    };
    const most = engine.bound(compiled.prepared, bet);
    const draws = new FastDraws("bound");
    let highest = zero;
    for (let i = 0; i < 2_000; i++) {
      const paid = refusedOrPlayed(compiled, bet, draws);
      assert.ok(paid !== "refused");
      if (compare(paid, highest) > 0) highest = paid;
    }
    assert.deepEqual(highest, most);
    assert.deepEqual([stake.amount, toText(most)], [100n, "2"]);
  });

  for (const [config, pointer] of [
    [{ decks: 0 }, "/decks"],
    [{ decks: 9 }, "/decks"],
    [{ decks: "8" }, "/decks"],
    [{ decks: 1.5 }, "/decks"],
    [{ bankerPays: 1.95 }, "/bankerPays"],
    [{ bankerPays: "-1" }, "/bankerPays"],
    [{ tiePays: "8:1" }, "/tiePays"],
    [{ pairPays: "1e3" }, "/pairPays"],
    [{ dragonPays: "2" }, "/dragonPays"],
  ] as const) {
    it(`cannot be taken with the configuration ${JSON.stringify(config)}`, () => {
      const [problem] = faultsOf(engine, config);
      assert.equal(problem?.pointer, pointer);
      assert.ok((problem?.message.length ?? 0) > 10);
    });
  }

  it("are settled at once: there is nothing to act on", () => {
    const { prepared, checkAction } = ready(engine);
    assert.equal(checkAction({ type: "hit" })[0]?.pointer, "/type");
    assert.throws(() => engine.defaultAction(prepared, null));
  });
});
