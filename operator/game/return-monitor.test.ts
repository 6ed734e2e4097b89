import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FastDraws } from "../../games/fast-draws.ts";
import type { JudgedPlay } from "../database/types.ts";
import { boundary } from "./return-boundary.ts";
import { judgePlay } from "./return-monitor.ts";

/** A million rounds of a stake of 1.00 that could win 2.00 at most. */
function play(change: Partial<JudgedPlay> = {}): JudgedPlay {
  return {
    ...{ rounds: 1_000_000n, staked: 100_000_000n, paid: 98_000_000n },
    ...{ deviation: 0, squares: 1e10, largestRisk: 99, largestWin: 197, openRisk: 0, openWin: 0 },
    ...change,
  };
}

/** As the figures of the formula: alpha is a millionth over 160 scales, and the scale the next power of two. */
const allowed = (squares: number, scale: number) =>
  boundary(squares, { alpha: 1e-6 / 160, scale, least: scale ** 2 });

describe("the return monitor", () => {
  it("finds nothing in play that is what was proven", () => {
    assert.deepEqual(judgePlay(play()), { breach: undefined, strain: 0 });
    const nothing = play({ rounds: 0n, squares: 0, largestRisk: 0, largestWin: 0 });
    assert.equal(judgePlay(nothing).breach, undefined);
  });

  it("finds a game that pays too much exactly from the boundary on", () => {
    const most = allowed(1e10, 128);
    assert.equal(judgePlay(play({ deviation: most - 1 })).breach, undefined);
    const { breach, strain } = judgePlay(play({ deviation: most }));
    assert.deepEqual(breach, { side: "paysTooMuch", allowed: most });
    assert.equal(strain, 1);
  });

  it("finds a game that pays too little, by the scale of what a round can win", () => {
    const most = allowed(1e10, 256);
    assert.equal(judgePlay(play({ deviation: 1 - most })).breach, undefined);
    assert.deepEqual(judgePlay(play({ deviation: -most })).breach, {
      ...{ side: "paysTooLittle", allowed: most },
    });
  });

  it("does not take a slot for mean before its rare wins had time to come", () => {
    // A million lost rounds at 0.98: z is −1000, and one win in a million makes up for it.
    const poor = play({ deviation: -98e6, squares: 98 ** 2 * 1e6, largestWin: 98e6 });
    assert.equal(judgePlay(poor).breach, undefined);
    assert.equal(judgePlay({ ...poor, largestWin: 1e4 }).breach?.side, "paysTooLittle");
  });

  it("counts what is open as if it ended in the game's favour", () => {
    const most = allowed(1e10, 128);
    const generous = play({ deviation: most + 500 });
    assert.equal(judgePlay(generous).breach?.side, "paysTooMuch");
    assert.equal(judgePlay({ ...generous, openRisk: 501 }).breach, undefined);
    const mean = play({ deviation: -allowed(1e10, 256) - 500 });
    assert.equal(judgePlay(mean).breach?.side, "paysTooLittle");
    assert.equal(judgePlay({ ...mean, openWin: 501 }).breach, undefined);
  });

  it("changes its scale at powers of two only, and knows amounts of any size", () => {
    const at = (largestRisk: number) =>
      judgePlay(play({ deviation: 1e9, largestRisk })).breach?.allowed;
    assert.equal(at(65), at(128));
    assert.notEqual(at(128), at(129));
    const huge = play({ deviation: 0, squares: 1e76, largestRisk: 1e38, largestWin: 1e40 });
    assert.equal(judgePlay(huge).breach, undefined);
    assert.ok(Number.isFinite(judgePlay({ ...huge, deviation: 1e39 }).strain));
  });
});

interface Fair {
  readonly seed: string;
  readonly draw: (draws: FastDraws) => number;
  readonly largest: Pick<JudgedPlay, "largestRisk" | "largestWin">;
  readonly alpha?: number;
}

describe("the chance of a false alarm", function () {
  this.timeout(120_000);
  const histories = 2_000;
  const rounds = 3_000;
  /** Such a history has one scale, and so can use up the share of one. */
  const chance = 0.1;

  /** How many of many fair histories were ever called wrong, looked at after every round. */
  function falseAlarms({ seed, draw, largest, alpha = chance }: Fair): number {
    const draws = new FastDraws(seed);
    let alarms = 0;
    for (let history = 0; history < histories; history++) {
      let [deviation, squares] = [0, 0];
      for (let round = 0; round < rounds; round++) {
        const off = draw(draws);
        deviation += off;
        squares += off * off;
        if (!judgePlay(play({ deviation, squares, ...largest }), alpha * 160).breach) continue;
        alarms += 1;
        break;
      }
    }
    return alarms;
  }

  // Two sides at 10% each, and three standard errors of the count.
  const most = 2 * chance * histories + 3 * Math.sqrt(0.2 * 0.8 * histories);

  it("is kept by slots, whose wins are rare and large", () => {
    // 1 in 1000 pays 500, 1 in 100 pays 20, 1 in 5 pays 1: 0.9 of a stake of 1, in units of 1/10.
    const slots = (draws: FastDraws) => {
      const u = draws.below(1000);
      return (u < 1 ? 5000 : u < 11 ? 200 : u < 211 ? 10 : 0) - 9;
    };
    const largest = { largestRisk: 9, largestWin: 5000 };
    const alarms = falseAlarms({ seed: "slots", draw: slots, largest });
    assert.ok(alarms <= most, `${alarms} of ${histories}`);
  });

  it("is kept by a coin, and is no empty promise", () => {
    const draw = (draws: FastDraws) => (draws.below(2) === 0 ? 1 : -1);
    const coin = { seed: "coin", draw, largest: { largestRisk: 1, largestWin: 1 } };
    const alarms = falseAlarms(coin);
    assert.ok(alarms <= most, `${alarms} of ${histories}`);
    assert.ok(falseAlarms({ ...coin, alpha: 0.9 }) > 0, "what nothing reaches finds nothing");
  });

  it("is not kept by a fixed number of standard errors", () => {
    const draws = new FastDraws("fixed");
    let crossed = 0;
    for (let history = 0; history < 200; history++) {
      let sum = 0;
      for (let round = 1; round <= rounds; round++) {
        sum += draws.below(2) === 0 ? 1 : -1;
        if (Math.abs(sum) < 2 * Math.sqrt(round) || round < 30) continue;
        crossed += 1;
        break;
      }
    }
    assert.ok(
      crossed > 60,
      "two standard errors, 5% at one look, is far more for who keeps looking",
    );
  });
});
