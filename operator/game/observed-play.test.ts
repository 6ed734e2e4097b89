import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { observedPlay } from "./observed-play.ts";

const judged = {
  ...{ rounds: 0n, staked: 0n, paid: 0n, deviation: 0, squares: 0 },
  ...{ largestRisk: 0, largestWin: 0, openRisk: 0, openWin: 0 },
};

describe("what play has shown", () => {
  it("is told by currency, in its digits, with the z that strays furthest", () => {
    const rows = [
      { currency: "USD", rounds: 10n, staked: 1050n, paid: 980n, z: 0.5, openRounds: 2, judged },
      { currency: "JPY", rounds: 5n, staked: 500n, paid: 400n, z: -2.345, openRounds: 0, judged },
      { currency: "EUR", rounds: 1n, staked: 1n, paid: 0n, z: null, openRounds: 1, judged },
    ];
    assert.deepEqual(observedPlay(rows), {
      rounds: 16,
      openRounds: 3,
      staked: { USD: "10.50", JPY: "500", EUR: "0.01" },
      paid: { USD: "9.80", JPY: "400", EUR: "0.00" },
      z: "-2.35",
    });
  });

  it("has no z before there are rounds enough", () => {
    assert.deepEqual(observedPlay([]), { rounds: 0, openRounds: 0, staked: {}, paid: {} });
  });
});
