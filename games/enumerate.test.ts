import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { enumerate, gather, returnEntry, winOrNothing } from "./enumerate.ts";
import { add, type Fraction, fraction, parseFraction, toText, zero } from "./fraction.ts";

function total(parts: Iterable<{ probability: Fraction }>): string {
  return toText([...parts].map(({ probability }) => probability).reduce(add, zero));
}

describe("enumerate", () => {
  it("visits every sequence of draws once, with its probability", () => {
    const all = [...enumerate((draws) => [draws.below(2), draws.below(3)].join())];
    assert.deepEqual(
      all.map(({ value }) => value),
      ["0,0", "0,1", "0,2", "1,0", "1,1", "1,2"],
    );
    assert.ok(all.every(({ probability }) => toText(probability) === "1/6"));
  });

  it("follows draws whose number and size depend on earlier ones", () => {
    const all = [...enumerate((draws) => (draws.below(2) === 0 ? "stop" : `go ${draws.below(4)}`))];
    assert.deepEqual(
      all.map(({ value, probability }) => `${value}: ${toText(probability)}`),
      ["stop: 1/2", "go 0: 1/8", "go 1: 1/8", "go 2: 1/8", "go 3: 1/8"],
    );
    assert.equal(total(all), "1");
  });

  it("makes all shuffles and choices equally likely", () => {
    const shuffles = new Set(
      [...enumerate((draws) => draws.shuffle(4).join())].map((it) => it.value),
    );
    assert.equal(shuffles.size, 24);
    const choices = [...enumerate((draws) => draws.choose(5, 2).join())];
    assert.equal(new Set(choices.map((it) => it.value)).size, 20);
    assert.equal(choices.length, 20);
    assert.equal([...enumerate((draws) => draws.belowBig(3n))].length, 3);
  });

  it("runs once where nothing is drawn", () => {
    assert.deepEqual([...enumerate(() => "x")].length, 1);
  });

  it("adds up equal multipliers", () => {
    const half = fraction(1, 2);
    const gathered = gather([
      { multiplier: half, probability: fraction(1, 4) },
      { multiplier: zero, probability: half },
      { multiplier: fraction(2, 4), probability: fraction(1, 4) },
    ]);
    assert.deepEqual(
      gathered.map(({ multiplier, probability }) => [toText(multiplier), toText(probability)]),
      [
        ["1/2", "1/2"],
        ["0", "1/2"],
      ],
    );
  });

  it("computes return, variance and hit rate of a distribution", () => {
    const entry = returnEntry({}, winOrNothing(parseFraction("1.96"), fraction(1, 2)));
    assert.equal(toText(entry.rtp), "49/50");
    assert.equal(toText(entry.variance), "2401/2500");
    assert.equal(toText(entry.hitRate), "1/2");
  });
});
