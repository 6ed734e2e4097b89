import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { FastDraws } from "../fast-draws.ts";
import { add, compare, type Fraction, fraction, mul, sub, zero } from "../fraction.ts";
import { ready } from "../testing.ts";
import { BestPlay } from "./best-play.ts";
import { deals } from "./deals.ts";
import { classNames, classOf } from "./hands.ts";
import { referenceClass } from "./reference.ts";
import { toHold } from "./rules.ts";
import { bump, deck, eachHand, endingsOf, engine, hand, hold, paysOf, placeOf } from "./testing.ts";

describe("the best play of video poker", () => {
  it("knows how many of all 2,598,960 hands are of each class, hand by hand and by symmetry", () => {
    const published = [4, 36, 624, 3744, 5108, 10_200, 54_912, 123_552, 337_920, 2_062_860];
    const one: number[] = Array(10).fill(0);
    eachHand((cards) => bump(one, classOf(cards)));
    assert.deepEqual(one, published);
    const classes: number[] = Array(10).fill(0);
    let [number, all] = [0, 0];
    for (const { cards, weight } of deals()) {
      bump(classes, classOf(cards), weight);
      number += 1;
      all += weight;
    }
    assert.deepEqual([number, all, classes], [134_459, 2_598_960, published]);
  });

  it("counts what each hold can come to as all its draws do", () => {
    const drawn = new FastDraws("holds");
    const play = new BestPlay(paysOf());
    const cases = ["Th Jh Qh Kh 2d", "Ac 2c 3c 4c 5d", "7c 7d 7h 2s 2c", "Jc Jd 2h 5s 9c"].map(
      hand,
    );
    for (let i = 0; i < 6; i++) cases.push(drawn.choose(52, 5));
    const judge = (cards: number[]) => placeOf(referenceClass(cards));
    for (const cards of cases) {
      const counts = play.countsOf(cards).slice();
      for (let mask = 0; mask < 32; mask++) {
        if (toHold(mask).filter(Boolean).length < 2) continue;
        const expected = endingsOf(cards, mask, judge);
        assert.deepEqual([...counts.subarray(9 * mask, 9 * mask + 9)], expected.slice(0, 9));
      }
    }
  });

  it("counts what drawing four or five cards can come to as all draws do", () => {
    const cards = hand("As 4d 8h Tc Js");
    const counts = new BestPlay(paysOf()).countsOf(cards);
    for (const mask of [0, 0b00001, 0b10000]) {
      const expected = endingsOf(cards, mask, classOf);
      assert.deepEqual([...counts.subarray(9 * mask, 9 * mask + 9)], expected.slice(0, 9));
    }
  });

  // Known of 9/6 Jacks or Better: how experts hold, and what is worth as much as what.
  const plays: [cards: string, best: string, paytable?: { [name: string]: string }][] = [
    ["Ts Js Qs Ks As", "xxxxx"],
    ["9s Ts Js Qs Ks", "xxxxx"],
    ["Th Jh Qh Kh 9h", "xxxxx"],
    ["Th Jh Qh Kh 2h", "xxxx."],
    ["Th Jh Qh Kh Kd", "xxxx."],
    ["Jc Jd 2h 5h 9h", "xx..."],
    ["9c 9d 2h 5h Jh", "xx..."],
    ["2h 5h 9h Jh Jd", "...xx"],
    ["2h 5h 9h Th 3d", "xxxx."],
    ["Js Qs Ks 2d 5c", "xxx.."],
    ["Ac 2d 3h 4s 9c", "x...."],
    ["Kc Qd Jh Ts 2c", "xxxx."],
    ["2c 4d 7h 9s Tc", "....."],
    // Nothing pays: every hold is worth the same, and most cards are held.
    ["2c 4d 7h 9s Tc", "xxxxx", Object.fromEntries(classNames.map((name) => [name, "0"]))],
    // Only royal flushes pay: either ace and king are worth the same, and so are alike singles.
    [
      "Ac Ad 2h 3h 4h",
      "x....",
      { ...Object.fromEntries(classNames.map((name) => [name, "0"])), royalFlush: "1" },
    ],
    [
      "2h Ad 3h Ac 4h",
      ".x...",
      { ...Object.fromEntries(classNames.map((name) => [name, "0"])), royalFlush: "1" },
    ],
  ];
  for (const [cards, best, paytable] of plays) {
    it(`holds ${best} of ${cards}${paytable ? " on a poor paytable" : ""}`, () => {
      const play = new BestPlay(paysOf(paytable));
      assert.deepEqual(toHold(play.best(hand(cards))), hold(best)["hold"]);
    });
  }

  it("values a hold as its draws pay on average, and regrets the difference to the best one", () => {
    const compiled = ready(engine, { paytable: { flush: "7/3", jacksOrBetter: "1.01" } });
    const pays = paysOf({ flush: "7/3", jacksOrBetter: "1.01" });
    const cards = hand("Jc 4c 8c Tc Js");
    const worthOf = (mask: number): Fraction => {
      const counts = endingsOf(cards, mask, classOf);
      const paid = pays.map((pay, c) => mul(pay, fraction(counts[c] ?? 0))).reduce(add, zero);
      return mul(
        paid,
        fraction(
          1,
          counts.reduce((a, b) => a + b),
        ),
      );
    };
    const state = engine.start(compiled.prepared, {}, deck("Jc 4c 8c Tc Js"));
    const regretOf = (mask: number) =>
      engine.regret(
        compiled.prepared,
        state,
        { type: "hold", hold: toHold(mask) },
        { by: "player" },
      );
    const pair = 0b10001;
    const four = 0b01111;
    assert.deepEqual(regretOf(pair), zero);
    for (const mask of [four, 0b11111, 0b00111, 0b11001]) {
      assert.deepEqual(regretOf(mask), sub(worthOf(pair), worthOf(mask)));
    }
  });

  it("never regrets less than nothing, nor the best hold", () => {
    const pay = fc.constantFrom("0", "1", "2", "25", "1/3", "999999.999999", "0.000001");
    const paytable = fc.record(Object.fromEntries(classNames.map((name) => [name, pay])));
    const five = fc.uniqueArray(fc.nat({ max: 51 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(paytable, five, (table, cards) => {
        const play = new BestPlay(paysOf(table));
        const values = Array.from({ length: 32 }, (_, mask) => play.valueOf(cards, mask));
        const most = values.reduce((a, b) => (compare(a, b) >= 0 ? a : b));
        const best = play.best(cards);
        assert.deepEqual(values[best], most);
        // Among equals most cards are held, then the leftmost.
        const text = (mask: number) => toHold(mask).map(Number).join("");
        const size = (mask: number) => toHold(mask).filter(Boolean).length;
        for (const [mask, value] of values.entries()) {
          if (compare(value, most) !== 0 || mask === best) continue;
          assert.ok(
            size(mask) < size(best) || (size(mask) === size(best) && text(mask) < text(best)),
          );
        }
      }),
      { numRuns: 40 },
    );
  });
});
