import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Draws } from "../../games/draws.ts";
import { FastDraws } from "../../games/fast-draws.ts";
import type { Json } from "../../games/game.ts";
import { engines } from "../../games/index.ts";
import { exampleConfig, ready } from "../../games/testing.ts";
import { judgePlay } from "../../operator/game/return-monitor.ts";
import { rounds, Sums } from "./luck.ts";
import { requests } from "./table.ts";

const eachBet = 6_000;

/** Configurations whose decisions the examples have not, beside the examples. */
const more: { readonly [engine: string]: readonly Json[] } = {
  blackjack: [
    { maxHands: 8, resplitAces: true, hitSplitAces: true, surrender: "late", soft17: "hit" },
    { maxHands: 4, peek: false, surrender: "late", doubleOn: "10-11", doubleAfterSplit: false },
  ],
  "hi-lo": [
    { maxMultiplier: "5" },
    { edge: "0.2", rounding: 0, maxMultiplier: "30" },
    { edge: "0", rounding: 1 },
  ],
  mines: [{ edge: "0.05", rounding: 0 }],
  crash: [{ edge: "0.05", maxMultiplier: "3" }],
};

/** Amounts at which much is rounded: an even one where stakes are halved, and the sum where a bet has parts. */
function stakeOf(engine: string, { stake, bet }: { stake: string; bet: Json }): bigint {
  if (bet !== null && typeof bet === "object" && "bets" in bet) {
    return BigInt(Math.round(Number(stake) * 100));
  }
  return engine === "blackjack" ? 2n : 7n;
}

describe("what a round brings beyond its expectation", function () {
  this.timeout(300_000);

  for (const [name, engine] of engines) {
    const configs = [exampleConfig(name), ...(more[name] ?? [])];
    it(`is nothing but luck in ${name}, however badly it is played`, () => {
      for (const [number, config] of configs.entries()) {
        const compiled = ready(engine, config);
        for (const request of requests[name] ?? []) {
          const { bet } = request;
          const of = `${name} ${number} ${JSON.stringify(bet)}`;
          const sums = new Sums();
          const asked = { bet, stake: stakeOf(name, request), count: eachBet };
          for (const luck of rounds(compiled, asked, of)) {
            sums.add(luck);
            assert.ok(luck.deviation >= -luck.risk && luck.deviation <= luck.win, of);
            assert.equal(judgePlay(sums).breach, undefined, of);
          }
          const errors = sums.deviation / Math.sqrt(sums.squares);
          assert.ok(Math.abs(errors) < 5, `${of}: ${errors} standard errors`);
        }
      }
    });
  }
});

/** Coins that come down on one side as often as told. */
class Loaded extends FastDraws {
  readonly #heads: number;

  constructor(seed: string, heads: number) {
    super(seed);
    this.#heads = heads;
  }

  override below(n: number): number {
    return n === 2 ? Number(super.below(1e6) >= this.#heads * 1e6) : super.below(n);
  }
}

describe("a game that does not pay what is proven", function () {
  this.timeout(300_000);
  const engine = engines.get("coin-flip") ?? assert.fail();
  const compiled = ready(engine, { multiplier: "1.96" });

  /** How many rounds it takes until the coin is found out, and what for. */
  function foundAfter(heads: number, most: number) {
    const loaded = (seed: string): Draws => new Loaded(seed, heads);
    const sums = new Sums();
    const asked = { bet: { side: "heads" }, stake: 100n, count: most };
    for (const luck of rounds(compiled, asked, `heads ${heads}`, loaded)) {
      sums.add(luck);
      const { breach } = judgePlay(sums);
      if (breach) return { rounds: Number(sums.rounds), side: breach.side };
    }
    return undefined;
  }

  // 0.51 × 1.96 is 2% more of what is staked than 0.98, and 0.49 × 1.96 is 2% less.
  it("is found when it pays 2% too much", () => {
    const found = foundAfter(0.51, 400_000);
    assert.equal(found?.side, "paysTooMuch");
    assert.ok(found.rounds > 20_000, `${found.rounds}`);
  });

  it("is found when it pays 2% too little", () => {
    const found = foundAfter(0.49, 400_000);
    assert.equal(found?.side, "paysTooLittle");
    assert.ok(found.rounds > 20_000, `${found.rounds}`);
  });

  it("is found within a few hundred rounds when its players always win", () => {
    const found = foundAfter(1, 1_000);
    assert.equal(found?.side, "paysTooMuch");
  });
});
