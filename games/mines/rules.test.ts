import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Draws } from "../draws.ts";
import { enumerate } from "../enumerate.ts";
import { add, compare, fraction, mul, parseFraction, sub, toText, zero } from "../fraction.ts";
import { type Action, IllegalAction, type Json } from "../game.ts";
import { engines } from "../index.ts";
import { type Compiled, compile, finish, replay } from "../play.ts";

const engine = engines.get("mines") ?? assert.fail();

function game(config: Json = {}): Compiled {
  const compiled = compile(engine, config);
  assert.ok(!("problems" in compiled));
  return compiled;
}

/** A board with its mines where they are told to be. */
function board(mines: number[]): Draws {
  const none = () => assert.fail("only choose is drawn");
  return { below: none, belowBig: none, shuffle: none, choose: () => mines };
}

const open = (tile: number): Action => ({ type: "reveal", tile });
const cash: Action = { type: "cashOut" };
const three = { mines: 3 };

describe("mines", () => {
  it("hides the mines while the round is open, and shows them in draw order at its end", () => {
    const draws = () => board([20, 4, 9]);
    assert.deepEqual(replay(game(), three, [], draws()).outcome(toText), { safe: [] });
    assert.deepEqual(replay(game(), three, [open(7), open(0)], draws()).outcome(toText), {
      safe: [7, 0],
    });
    const lost = replay(game(), three, [open(7), open(4)], draws());
    assert.deepEqual(lost.outcome(toText), { safe: [7], mines: [20, 4, 9] });
    assert.ok(lost.over);
    assert.equal(toText(lost.tally.payout), "0");
  });

  it("lets a player cash out from the first safe tile on", () => {
    assert.deepEqual(replay(game(), three, [], board([0, 1, 2])).legalActions, ["reveal"]);
    const first = replay(game(), three, [open(3)], board([0, 1, 2]));
    assert.deepEqual(first.legalActions, ["reveal", "cashOut"]);
    const out = replay(game(), three, [open(3), cash], board([0, 1, 2]));
    assert.deepEqual(out.outcome(toText), { safe: [3], mines: [0, 1, 2] });
    assert.deepEqual(out.tally.payout, parseFraction("1.12"));
    assert.deepEqual(out.legalActions, []);
  });

  it("cashes out by itself when all safe tiles are open", () => {
    const result = replay(
      game(),
      { mines: 24 },
      [open(5)],
      board([...Array(25).keys()].filter((t) => t !== 5)),
    );
    assert.ok(result.over);
    assert.deepEqual(result.tally.payout, parseFraction("24.75"));
  });

  const illegal: [string, Action[], string, RegExp][] = [
    ["cashing out before the first tile", [cash], "/type", /reveal one first/],
    ["a tile off the board", [open(25)], "/tile", /choose one of 0 … 24/],
    ["a tile twice", [open(3), open(3)], "/tile", /tile 3 is open already/],
    ["anything after the end", [open(0), open(3)], "/type", /the round is over/],
    ["a default that is none", [{ ...open(3), by: "default" }], "/type", /not the default action/],
  ];
  for (const [name, actions, pointer, message] of illegal) {
    it(`forbids ${name}`, () => {
      assert.throws(
        () => replay(game(), three, actions, board([0, 1, 2])),
        (error: unknown) => {
          assert.ok(error instanceof IllegalAction);
          assert.equal(error.pointer, pointer);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("ends an abandoned round by cashing out; before the first tile the stake is lost", () => {
    const before = finish(game(), three, [], board([0, 1, 2]));
    assert.deepEqual([before.over, toText(before.tally.payout), before.added], [true, "0", [cash]]);
    assert.deepEqual(before.outcome(toText), { safe: [], mines: [0, 1, 2] });
    const after = finish(game(), three, [open(3)], board([0, 1, 2]));
    assert.deepEqual([toText(after.tally.payout), after.added], ["28/25", [cash]]);
    const recorded = replay(game(), three, [{ ...cash, by: "default" }], board([0, 1, 2]));
    assert.deepEqual(recorded.outcome(toText), before.outcome(toText));
    assert.deepEqual(finish(game(), three, [open(0)], board([0, 1, 2])).added, []);
  });

  const published: [number, number, string][] = [
    // The public table of a 5 × 5 board with 1 % edge; where that is rounded to the nearest, this is rounded down.
    [1, 1, "1.03"],
    [1, 2, "1.07"],
    [1, 24, "24.75"],
    [3, 1, "1.12"],
    [3, 2, "1.28"],
    [3, 3, "1.47"],
    [3, 5, "1.99"],
    [5, 5, "3.39"],
    [10, 1, "1.65"],
    [24, 1, "24.75"],
    [3, 22, "2277"],
    [12, 13, "5148297"],
  ];
  for (const [mines, safe, multiplier] of published) {
    it(`pays ${multiplier} with ${mines} mines after ${safe} tiles`, () => {
      const layout = Array.from({ length: mines }, (_, i) => 24 - i);
      const actions = [...Array.from({ length: safe }, (_, i) => open(i)), cash];
      const cleared = safe === 25 - mines;
      const played = replay(
        game(),
        { mines },
        cleared ? actions.slice(0, -1) : actions,
        board(layout),
      );
      assert.deepEqual(played.tally.payout, parseFraction(multiplier));
    });
  }

  it("returns C(25−m, k) / C(25, k) times the floored multiplier, for every m and k", () => {
    const choose = (n: number, k: number) => {
      let [top, bottom] = [1n, 1n];
      for (let i = 0; i < k; i++) [top, bottom] = [top * BigInt(n - i), bottom * BigInt(i + 1)];
      return top / bottom;
    };
    const entries = engine.returns(game().prepared);
    assert.equal(entries.length, 300);
    for (const { bet, rtp, hitRate } of entries) {
      const { mines, safe } = bet as { mines: number; safe: number };
      const [ways, all] = [choose(25 - mines, safe), choose(25, safe)];
      // C(25, k) / C(25 − m, k) is the same as the contract's quotient with k and m as they are.
      const cents = (99n * all) / ways;
      assert.deepEqual(hitRate, fraction(ways, all));
      assert.deepEqual(rtp, fraction(cents * ways, 100n * all));
    }
  });

  it("rounds multipliers down to up to eight decimals", () => {
    const { prepared } = game({ tiles: 9, edge: "1/7", rounding: 8 });
    const [first] = engine.returns(prepared);
    // 6/7 · 9/8 is 0.964285714…, won by eight of nine tiles.
    assert.deepEqual(first?.rtp, mul(parseFraction("0.96428571"), fraction(8, 9)));
  });

  for (const [tiles, mines] of [
    [4, 1],
    [4, 2],
    [5, 3],
    [6, 2],
  ] as const) {
    it(`returns on ${tiles} tiles with ${mines} mines what all boards together pay`, () => {
      const compiled = game({ tiles, edge: "0.03", rounding: 3 });
      for (const { bet, rtp } of engine.returns(compiled.prepared)) {
        const { mines: count, safe } = bet as { mines: number; safe: number };
        if (count !== mines) continue;
        let paid = zero;
        const boards = enumerate((draws) => played(compiled, mines, safe, draws).payout);
        for (const { value, probability } of boards) paid = add(paid, mul(value, probability));
        assert.deepEqual(paid, rtp);
      }
    });
  }

  it("loses in regret exactly what a way of playing returns less than the best one", () => {
    const tiles = fc.integer({ min: 2, max: 6 });
    const edge = fc.constantFrom("0", "0.01", "0.1", "1/3");
    fc.assert(
      fc.property(
        tiles,
        fc.nat(),
        fc.nat(),
        edge,
        fc.nat({ max: 3 }),
        (size, m, k, share, rounding) => {
          const compiled = game({ tiles: size, edge: share, rounding });
          const mines = 1 + (m % (size - 1));
          const safe = k % (size - mines + 1);
          const best = engine.expected(compiled.prepared, { mines });
          let [paid, regretted] = [zero, zero];
          for (const { value, probability } of enumerate((draws) =>
            played(compiled, mines, safe, draws),
          )) {
            paid = add(paid, mul(value.payout, probability));
            regretted = add(regretted, mul(value.regret, probability));
            assert.ok(compare(value.regret, zero) >= 0);
          }
          assert.deepEqual(paid, sub(best, regretted));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("expects under best play the best of all its entries", () => {
    const { prepared } = game({ rounding: 1 });
    for (const mines of [1, 5, 20]) {
      const returns = engine
        .returns(prepared)
        .filter(({ bet }) => (bet as { mines: number }).mines === mines);
      const best = returns.map(({ rtp }) => rtp).reduce((a, b) => (compare(a, b) >= 0 ? a : b));
      assert.deepEqual(engine.expected(prepared, { mines }), best);
    }
  });

  it("bounds a bet by its last rung, and the game by the highest", () => {
    const { prepared } = game();
    assert.equal(toText(engine.bound(prepared, three)), "2277");
    assert.equal(toText(engine.maxMultiplier(prepared)), "5148297");
  });

  it("takes as many mines as leave a tile", () => {
    const { checkBet } = game({ tiles: 9 });
    const stake = { amount: 100n, step: 100n, digits: 2 };
    assert.deepEqual(checkBet({ mines: 8 }, stake), []);
    for (const mines of [0, 9, 1.5, "3", null])
      assert.equal(checkBet({ mines }, stake)[0]?.pointer, "/mines");
  });

  const refused: [Json, string][] = [
    [{ type: "reveal" }, "/tile"],
    [{ type: "reveal", tile: -1 }, "/tile"],
    [{ type: "reveal", tile: "1" }, "/tile"],
    [{ type: "reveal", tile: 1, by: "default" }, "/by"],
    [{ type: "cashOut", tile: 1 }, "/tile"],
    [{ type: "double" }, "/type"],
    [{}, "/type"],
  ];
  for (const [action, pointer] of refused) {
    it(`refuses the action ${JSON.stringify(action)}`, () => {
      assert.equal(game().checkAction(action)[0]?.pointer, pointer);
    });
  }

  for (const [config, pointer] of [
    [{ tiles: 1 }, "/tiles"],
    [{ tiles: 101 }, "/tiles"],
    [{ tiles: "25" }, "/tiles"],
    [{ edge: "1" }, "/edge"],
    [{ rounding: 9 }, "/rounding"],
    [{ rows: 5 }, "/rows"],
  ] as const) {
    it(`refuses the configuration ${JSON.stringify(config)}`, () => {
      const compiled = compile(engine, config);
      assert.ok("problems" in compiled);
      assert.equal(compiled.problems[0]?.pointer, pointer);
    });
  }
});

/** Opens tiles 0, 1, 2 … and cashes out after `safe` of them. */
function played(compiled: Compiled, mines: number, safe: number, draws: Draws) {
  const layout = draws.choose((compiled.prepared as { tiles: number }).tiles, mines);
  const actions: Action[] = [];
  for (let tile = 0; tile < safe; tile++) {
    actions.push(open(tile));
    if (layout.includes(tile)) break;
  }
  const { tally, regret } = finish(compiled, { mines }, actions, board(layout));
  return { payout: tally.payout, regret };
}
