import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { FastDraws } from "../fast-draws.ts";
import { add, fraction, mul, parseFraction, sub, toText, zero } from "../fraction.ts";
import { exposure } from "../play.ts";
import { simulate } from "../simulate.ts";
import { ready } from "../testing.ts";
import { countResults, shoeOf } from "./counting.ts";
import { results } from "./table.ts";
import { card, engine, five, published } from "./testing.ts";

const decks = [1, 2, 3, 4, 5, 6, 7, 8, "infinite"] as const;

/** What comes of six cards in order, by the published table and no code of ours. */
function referee(cards: readonly number[]): "player" | "banker" | "tie" {
  const points = cards.map((it) => Math.min((it % 13) + 1, 10) % 10);
  const [p1 = 0, b1 = 0, p2 = 0, b2 = 0, next = 0, last = 0] = points;
  let [p, b] = [(p1 + p2) % 10, (b1 + b2) % 10];
  if (p < 8 && b < 8) {
    const drew = p <= 5;
    const row = published[b] ?? "";
    if (row[drew ? next : 11] === "D") b = (b + (drew ? last : next)) % 10;
    if (drew) p = (p + next) % 10;
  }
  if (p === b) return "tie";
  return p > b ? "player" : "banker";
}

/** In how many ways cards of these points come one after the other. */
function waysOf(points: readonly number[], size: number | "infinite"): number {
  const left = Array.from(
    { length: 10 },
    (_, i) => (i === 0 ? 4 : 1) * (size === "infinite" ? 1 : 4 * size),
  );
  let ways = 1;
  for (const it of points) {
    const count = left[it] ?? 0;
    ways *= count;
    if (size !== "infinite") left[it] = count - 1;
  }
  return ways;
}

/** All ways to take six of these, in order. */
function* sixOf(cards: readonly number[], taken: number[] = []): Generator<number[]> {
  if (taken.length === 6) {
    yield taken;
    return;
  }
  for (const [i, next] of cards.entries()) {
    yield* sixOf([...cards.slice(0, i), ...cards.slice(i + 1)], [...taken, next]);
  }
}

describe("the exact returns of baccarat", () => {
  it("count what is published of eight decks", () => {
    const count = (winner: string) =>
      countResults(shoeOf(8))
        .filter((_, i) => results[i]?.winner === winner)
        .reduce((a, b) => a + b);
    assert.equal(count("banker"), 2_292_252_566_437_888);
    assert.equal(count("player"), 2_230_518_282_592_256);
    assert.equal(count("tie"), 475_627_426_473_216);
    const edges = Object.fromEntries(
      engine.returns(ready(engine).prepared).map(({ bet, rtp }) => {
        const edge = sub(fraction(1), rtp);
        return [
          (bet as { on: string }).on,
          (Number((edge.n * 10n ** 9n) / edge.d) / 1e7).toFixed(4),
        ];
      }),
    );
    assert.deepEqual(edges, {
      player: "1.2351",
      banker: "1.0579",
      tie: "14.3596",
      playerPair: "10.3614",
      bankerPair: "10.3614",
    });
  });

  it("are those of all orders of points, for every number of decks", () => {
    // Which cards lie in a shoe depends on the points alone, in whichever order they come.
    const orders = new Map<string, { player: number; banker: number; tie: number }>();
    for (let order = 0; order < 1_000_000; order++) {
      const points = Array.from(String(order).padStart(6, "0"), Number);
      const winner = referee(points.map((it) => card(it)));
      const held = points.sort().join("");
      const won = orders.get(held) ?? { player: 0, banker: 0, tie: 0 };
      won[winner] += 1;
      orders.set(held, won);
    }
    for (const size of decks) {
      const won = { player: 0, banker: 0, tie: 0 };
      for (const [held, of] of orders) {
        const ways = waysOf(Array.from(held, Number), size);
        for (const winner of ["player", "banker", "tie"] as const) won[winner] += ways * of[winner];
      }
      const config = { decks: size, bankerPays: "39/20", tiePays: "10" };
      const returns = engine.returns(ready(engine, config).prepared);
      const [byPlayer, byBanker, ties] = [BigInt(won.player), BigInt(won.banker), BigInt(won.tie)];
      const all = byPlayer + byBanker + ties;
      const [player, banker, tie] = returns.map(({ rtp }) => rtp);
      assert.deepEqual(player, fraction(2n * byPlayer + ties, all));
      assert.deepEqual(banker, fraction(39n * byBanker + 20n * ties, 20n * all));
      assert.deepEqual(tie, fraction(10n * ties, all));
    }
  });

  it("hold (4d − 1) / (52d − 1) pairs, and 1 / 13 without end", () => {
    for (const size of decks) {
      const chance = size === "infinite" ? fraction(1, 13) : fraction(4 * size - 1, 52 * size - 1);
      const returns = engine.returns(ready(engine, { decks: size, pairPays: "7/2" }).prepared);
      for (const entry of returns.slice(3)) {
        assert.deepEqual(entry.hitRate, chance);
        assert.deepEqual(entry.rtp, mul(chance, parseFraction("7/2")));
        assert.ok(entry.side);
      }
    }
  });

  it("count every order of small shoes, pairs and winner together", () => {
    const drawn = new FastDraws("small shoes");
    for (let n = 0; n < 40; n++) {
      // Few ranks, so that pairs are common: the shape of the count, not of a deck.
      const cards = drawn.choose(52, 7).map((it) => (n % 2 === 0 ? it : (it % 3) + 13 * (it % 4)));
      const counts = Array.from(
        { length: 13 },
        (_, r) => cards.filter((it) => it % 13 === r).length,
      );
      const expected = results.map(() => 0);
      for (const six of sixOf(cards)) {
        const [p1 = 0, b1 = 0, p2 = 0, b2 = 0] = six;
        const [playerPair, bankerPair] = [p1 % 13 === p2 % 13, b1 % 13 === b2 % 13];
        const winner = referee(six);
        const place = results.findIndex(
          (it) =>
            it.winner === winner && it.playerPair === playerPair && it.bankerPair === bankerPair,
        );
        expected[place] = (expected[place] ?? 0) + 1;
      }
      assert.deepEqual(countResults({ counts, infinite: false }), expected);
    }
  });

  it("know that every result can come of every shoe, and bound each bet by the best of them", () => {
    for (const size of decks) {
      assert.ok(countResults(shoeOf(size)).every((ways) => ways > 0 && Number.isSafeInteger(ways)));
    }
    const compiled = ready(engine);
    const bound = (...parts: [string, string][]) =>
      toText(
        engine.bound(compiled.prepared, { bets: parts.map(([on, part]) => ({ on, stake: part })) }),
      );
    assert.deepEqual(
      five.map((on) => bound([on, "3"])),
      ["2", "39/20", "9", "12", "12"],
    );
    assert.equal(bound(["player", "1"], ["banker", "1"]), "1");
    assert.equal(bound(["player", "1"], ["tie", "1"]), "5");
    assert.equal(bound(["playerPair", "1"], ["bankerPair", "1"]), "12");
    assert.equal(bound(["tie", "1"], ["bankerPair", "3"]), "45/4");
    assert.equal(toText(engine.maxMultiplier(compiled.prepared)), "12");
    const poor = ready(engine, { bankerPays: "0", tiePays: "0", pairPays: "0" });
    assert.equal(
      toText(engine.bound(poor.prepared, { bets: [{ on: "banker", stake: "1" }] })),
      "1",
    );
    assert.equal(exposure(compiled, { bets: [{ on: "tie", stake: "0.07" }] }, 7n), 63n);
  });

  it("add up, in bets of parts, to what each part expects", () => {
    const { prepared } = ready(engine, { decks: 2 });
    const parts = fc.array(
      fc.record({ on: fc.constantFrom(...five), stake: fc.integer({ min: 1, max: 900 }) }),
      { minLength: 1, maxLength: 8 },
    );
    const rtps = new Map(
      engine.returns(prepared).map(({ bet, rtp }) => [(bet as { on: string }).on, rtp]),
    );
    fc.assert(
      fc.property(parts, (list) => {
        const whole = list.reduce((sum, it) => sum + it.stake, 0);
        const expected = list
          .map((it) => mul(fraction(it.stake, whole), rtps.get(it.on) ?? assert.fail()))
          .reduce(add, zero);
        const bets = list.map((it) => ({ on: it.on, stake: (it.stake / 100).toFixed(2) }));
        assert.deepEqual(engine.expected(prepared, { bets }), expected);
      }),
      { numRuns: 30 },
    );
  });

  for (const size of [1, 8, "infinite"]) {
    it(`are played by the simulator with ${size} decks`, () => {
      const result = simulate(ready(engine, { decks: size }), 40_000, `baccarat ${size}`);
      assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    });
  }
});
