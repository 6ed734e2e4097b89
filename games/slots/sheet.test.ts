import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Json } from "../game.ts";
import { engines } from "../index.ts";
import { faultsOf, ready } from "../testing.ts";

const engine = engines.get("slots") ?? assert.fail();

const good = {
  rows: 2,
  lines: [
    [0, 0],
    [1, 1],
  ],
  pays: { A: { 2: "5" } },
  reels: [
    ["A", "B", "S"],
    ["A", "W", "S"],
  ],
};
const { reels: _, ...noReels } = good;
const weights = { A: [1, 2], B: [3, 0], S: [0, 1], W: [1, 1] };
const scatter = { symbol: "S", pays: { 2: "3" } };

const faults: [string, Json, string, RegExp][] = [
  ["no rows", { ...good, rows: 0 }, "/rows", /must be >= 1/],
  ["no lines", { ...good, lines: [] }, "/lines", /must NOT have fewer than 1/],
  ["no reels", noReels, "/reels", /is required, add it: the strips .* or give weights/],
  ["both kinds of reels", { ...good, weights }, "/weights", /given twice: give reels or weights/],
  ["an empty strip", { ...good, reels: [["A"], []] }, "/reels/1", /fewer than 1/],
  ["a short line", { ...good, lines: [[0, 0], [1]] }, "/lines/1", /1 rows for 2 reels/],
  [
    "a row that is not there",
    { ...good, lines: [[0, 2]] },
    "/lines/0/1",
    /no row 2: choose .* 0 … 1/,
  ],
  [
    "a pay for too many",
    { ...good, pays: { A: { 3: "5" } } },
    "/pays/A/3",
    /3 never come on 2 reels/,
  ],
  ["a pay as a number", { ...good, pays: { A: { 2: 5 } } }, "/pays/A/2", /write it in quotes/],
  [
    "a negative pay",
    { ...good, pays: { A: { 2: "-5" } } },
    "/pays/A/2",
    /not written as it must be/,
  ],
  [
    "a pay for no symbols",
    { ...good, pays: { A: { 0: "5" } } },
    "/pays/A",
    /"0" is not written as it must be: a count in quotes/,
  ],
  [
    "a pay for a symbol on no reel",
    { ...good, pays: { X: { 2: "5" } } },
    "/pays/X",
    /"X" is on no reel: use one of A, B, S, W/,
  ],
  [
    "a pay for the prototype",
    { ...good, pays: JSON.parse('{"__proto__": {"2": "5"}}') },
    "/pays/__proto__",
    /is on no reel/,
  ],
  ["a wild on no reel", { ...good, wild: { symbol: "w" } }, "/wild/symbol", /"w" is on no reel/],
  [
    "a wild that takes all",
    { ...good, wild: { symbol: "W", multiplier: "0" } },
    "/wild/multiplier",
    /must be above 0/,
  ],
  [
    "a scatter on no reel",
    { ...good, scatter: { ...scatter, symbol: "s" } },
    "/scatter/symbol",
    /on no reel/,
  ],
  [
    "scatters beyond the screen",
    { ...good, scatter: { symbol: "S", pays: { 5: "1" } } },
    "/scatter/pays/5",
    /5 never come on 4 cells/,
  ],
  [
    "free spins without scatter",
    { ...good, freeSpins: {} },
    "/scatter",
    /is required, add it: free spins are won by/,
  ],
  [
    "free spins that pay nothing",
    { ...good, scatter, freeSpins: { multiplier: "0.0" } },
    "/freeSpins/multiplier",
    /above 0/,
  ],
  ["no free spins", { ...good, scatter, freeSpins: { count: 0 } }, "/freeSpins/count", />= 1/],
  [
    "a group of strangers",
    { ...good, groups: { any: { symbols: ["A", "X"], pays: {} } } },
    "/groups/any/symbols/1",
    /on no reel/,
  ],
  [
    "a group's pay for too many",
    { ...good, groups: { any: { symbols: ["A"], pays: { 9: "1" } } } },
    "/groups/any/pays/9",
    /never come/,
  ],
  ["an unknown field", { ...good, ways: 243 }, "/ways", /is not known here, remove it/],
  [
    "uneven weights",
    { ...noReels, weights: { ...weights, B: [1] } },
    "/weights/B",
    /has 1 weights where .* 2/,
  ],
  [
    "a reel without symbols",
    { ...noReels, weights: { A: [1, 0], B: [2, 0] } },
    "/weights",
    /reel 2 has no symbol/,
  ],
  [
    "a weight in parts",
    { ...noReels, weights: { A: [0.5, 1] } },
    "/weights/A/0",
    /must be integer/,
  ],
  ["half a character", { ...good, pays: {}, reels: [["\ud800"], ["A"]] }, "/reels", /is no text/],
];

describe("a slot's configuration", () => {
  for (const [name, config, pointer, message] of faults) {
    it(`is refused for ${name}`, () => {
      const [first] = faultsOf(engine, config);
      assert.equal(first?.pointer, pointer);
      assert.match(first?.message ?? "", message);
    });
  }

  it("is refused for pays that no common unit can count exactly", () => {
    const primes = ["999999937", "999999929", "999999893"];
    const pays = { A: { 1: `1/${primes[0]}`, 2: `1/${primes[1]}` }, B: { 1: `1/${primes[2]}` } };
    const [first] = faultsOf(engine, { ...good, pays });
    assert.equal(first?.pointer, "/pays");
    assert.match(first?.message ?? "", /too many different denominators: use fewer decimals/);
  });

  it("names every fault at once", () => {
    const config = { ...good, lines: [[0, 5]], pays: { X: { 2: "1" } }, wild: { symbol: "Y" } };
    const pointers = faultsOf(engine, config).map(({ pointer }) => pointer);
    assert.deepEqual(pointers, ["/lines/0/1", "/pays/X", "/wild/symbol"]);
  });

  it("may name symbols as it likes, the prototype's names too", () => {
    const reels = [["__proto__", "constructor"], ["toString"]];
    const pays = JSON.parse('{"__proto__": {"1": "3"}, "constructor": {"1": "4"}}');
    const { prepared } = ready(engine, { ...noReels, reels, pays });
    assert.equal(engine.bound(prepared, {}).n, 7n);
    assert.equal(engine.bound(prepared, {}).d, 2n);
  });

  it("may use reels or weights", () => {
    ready(engine, good);
    ready(engine, { ...noReels, weights, scatter, freeSpins: {} });
  });
});
