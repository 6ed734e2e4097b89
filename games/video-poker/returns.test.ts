import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { returnEntry } from "../enumerate.ts";
import { FastDraws } from "../fast-draws.ts";
import { compare, fraction, parseFraction, toNumber, toText, zero } from "../fraction.ts";
import { simulate } from "../simulate.ts";
import { ready } from "../testing.ts";
import { BestPlay } from "./best-play.ts";
import { bestOfAll } from "./every-deal.ts";
import { classNames } from "./hands.ts";
import { ordersOf, turnsOf } from "./returns.ts";
import { toHold } from "./rules.ts";
import { engine, paysOf } from "./testing.ts";

describe("the exact returns of video poker", () => {
  // Published in percent: Jacks or Better by full house and flush, and All American.
  const published: [string, { [name: string]: string }, string][] = [
    ["9/6", {}, "99.54"],
    ["9/5", { flush: "5" }, "98.45"],
    ["8/5", { fullHouse: "8", flush: "5" }, "97.30"],
    ["6/5", { fullHouse: "6", flush: "5" }, "95.00"],
    [
      "All American",
      {
        ...{ straightFlush: "200", fourOfAKind: "40", fullHouse: "8", flush: "8" },
        ...{ straight: "8", twoPair: "1" },
      },
      "100.72",
    ],
  ];
  for (const [name, paytable, percent] of published) {
    it(`give ${percent} % for ${name}`, () => {
      const [entry] = engine.returns(ready(engine, { paytable }).prepared);
      assert.equal((100 * toNumber(entry?.rtp ?? zero)).toFixed(2), percent);
    });
  }

  it("are those of all deals, cards and holds counted by other means, for an odd paytable", () => {
    const paytable = {
      ...{
        royalFlush: "40/3",
        straightFlush: "7",
        fourOfAKind: "0",
        fullHouse: "11.5",
        flush: "0.1",
      },
      ...{ straight: "13", threeOfAKind: "2", twoPair: "2/7", jacksOrBetter: "0" },
    };
    const [entry] = engine.returns(ready(engine, { paytable }).prepared);
    const unit = 210n;
    const pays = paysOf(paytable).map(({ n, d }) => Number((n * unit) / d));
    assert.deepEqual(entry?.rtp, fraction(bestOfAll([...pays, 0]), unit * 2_598_960n * 7_669_695n));
  });

  it("are those that are published exactly for 9/6 Jacks or Better, with variance and hit rate", () => {
    const { prepared } = ready(engine);
    const [entry] = engine.returns(prepared);
    assert.ok(entry?.outcomes);
    assert.equal(toText(entry.rtp), "1653526326983/1661102543100");
    assert.deepEqual(engine.expected(prepared, {}), entry.rtp);
    assert.equal(toNumber(entry.variance).toFixed(6), "19.514676");
    assert.equal(toNumber(entry.hitRate).toFixed(6), "0.454565");
    assert.deepEqual(returnEntry({}, entry.outcomes).rtp, entry.rtp);
    const royal = entry.outcomes.find(({ multiplier }) => toText(multiplier) === "800");
    assert.equal(Math.round(1 / toNumber(royal?.probability ?? zero)), 40_391);
  });

  it("follow equal plays to most cards: nothing is lost by holding, and nothing is hit", () => {
    const nothing = Object.fromEntries(classNames.map((name) => [name, "0"]));
    const [entry] = engine.returns(ready(engine, { paytable: nothing }).prepared);
    assert.deepEqual([entry?.rtp, entry?.hitRate, entry?.variance], [zero, zero, zero]);
  });

  it("share equal plays out as they are leftmost in the 120 orders of a deal", () => {
    const pay = fc.constantFrom("0", "1", "2");
    const paytable = fc.record(Object.fromEntries(classNames.map((name) => [name, pay])));
    const five = fc.uniqueArray(fc.nat({ max: 51 }), { minLength: 5, maxLength: 5 });
    const endingOf = (counts: Int32Array, mask: number) => [
      toHold(mask).filter(Boolean).length,
      ...counts.subarray(9 * mask, 9 * mask + 9),
    ];
    fc.assert(
      fc.property(paytable, five, (table, cards) => {
        const play = new BestPlay(paysOf(table));
        const played = new Map<string, number>();
        for (const order of ordersOf(cards)) {
          const ending = endingOf(play.countsOf(order), play.best(order)).join();
          played.set(ending, (played.get(ending) ?? 0) + 1);
        }
        const counts = play.countsOf(cards);
        const shared = new Map<string, number>();
        for (const [mask, turns] of turnsOf(counts, play.equals(counts))) {
          const ending = endingOf(counts, mask).join();
          shared.set(ending, (shared.get(ending) ?? 0) + turns);
        }
        assert.deepEqual(shared, played);
      }),
      { numRuns: 40 },
    );
  });

  it("tell apart what no double can: pays that differ in the last of twelve digits", () => {
    const play = new BestPlay(paysOf({ twoPair: "999999/999998", threeOfAKind: "1" }));
    const drawn = new FastDraws("near");
    for (let i = 0; i < 300; i++) {
      const cards = drawn.choose(52, 5);
      const value = play.valueOf(cards, play.best(cards));
      for (let mask = 0; mask < 32; mask++) {
        assert.ok(compare(play.valueOf(cards, mask), value) <= 0);
      }
    }
  });

  it("are played by the simulator", () => {
    // Without the royal flush's rare 800 the spread is small enough for few rounds to tell.
    const compiled = ready(engine, { paytable: { royalFlush: "50", fullHouse: "8" } });
    const result = simulate(compiled, 20_000, "video poker");
    assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    assert.deepEqual(parseFraction(result.exact), engine.expected(compiled.prepared, {}));
  });
});
