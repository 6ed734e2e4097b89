import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Draws } from "../draws.ts";
import { enumerate } from "../enumerate.ts";
import { FastDraws } from "../fast-draws.ts";
import { add, compare, fraction, mul, parseFraction, sub, toText, zero } from "../fraction.ts";
import { type Action, IllegalAction, type Json } from "../game.ts";
import { engines } from "../index.ts";
import { type Compiled, compile, finish, replay } from "../play.ts";
import { simulate } from "../simulate.ts";
import { referenceHiLo } from "./reference.ts";

const engine = engines.get("hi-lo") ?? assert.fail();
const names = "A 2 3 4 5 6 7 8 9 10 J Q K".split(" ");
const moves = ["higher", "lower", "same", "skip", "cashOut"];

function game(config: Json = {}): Compiled {
  const compiled = compile(engine, config);
  assert.ok(!("problems" in compiled));
  return compiled;
}

/** Ranks that come as told, and no more than these; `left` are those that were not drawn. */
function ranks(text: string): Draws & { left: number[] } {
  const left = text.split(" ").map((name) => names.indexOf(name));
  const none = () => assert.fail("only single ranks are drawn");
  const below = (n: number) => {
    assert.equal(n, 13);
    return left.shift() ?? assert.fail("no more ranks were expected");
  };
  return { left, below, belowBig: none, shuffle: none, choose: none };
}

function actionsOf(text: string): Action[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((type) => ({ type }));
}

function winningRanks(rank: number, guess: string): number[] {
  const strict = rank === 0 || rank === 12;
  return [...names.keys()].filter((next) => {
    if (next === rank) return guess === "same" || !strict;
    return guess === (next > rank ? "higher" : "lower");
  });
}

describe("hi-lo", () => {
  // The public table of a 1 % edge: of 13 / c · 0.99, rounded down to two decimals.
  const table = "- 12.87 6.43 4.29 3.21 2.57 2.14 1.83 1.6 1.43 1.28 1.17 1.07".split(" ");
  for (const [rank, name] of names.entries()) {
    const offered = { A: "higher same", K: "lower same" }[name] ?? "higher lower";

    it(`offers ${offered} on ${name}`, () => {
      const { legalActions, outcome, over } = replay(game(), {}, [], ranks(name));
      assert.deepEqual(legalActions, [...offered.split(" "), "skip"]);
      assert.deepEqual([outcome(toText), over], [{ ranks: [name] }, false]);
    });

    for (const guess of offered.split(" ")) {
      it(`lets ${guess} on ${name} win with the right ranks, and pays by their number`, () => {
        const winning = winningRanks(rank, guess);
        for (const [next, shown] of names.entries()) {
          const won = winning.includes(next);
          const actions = actionsOf(won ? `${guess} cashOut` : guess);
          const draws = ranks(`${name} ${shown}`);
          const round = replay(game(), {}, actions, draws);
          assert.deepEqual([round.over, draws.left], [true, []]);
          assert.deepEqual(round.outcome(toText), { ranks: [name, shown] });
          const paid = won ? (table[winning.length] ?? "") : "0";
          assert.deepEqual(round.tally.payout, parseFraction(paid));
        }
      });
    }
  }

  it("pays the exact product of the factors", () => {
    const actions = actionsOf("higher skip lower higher cashOut");
    const round = replay(game(), {}, actions, ranks("7 Q 8 3 3"));
    // 1.83 · 1.60 · 1.17, with the 8 skipped to; the same rank wins.
    assert.equal(
      toText(round.tally.payout),
      toText(mul(fraction(183 * 16, 1_000), fraction(117, 100))),
    );
    assert.deepEqual(round.outcome(toText), { ranks: ["7", "Q", "8", "3", "3"] });
  });

  it("lets a player cash out from the first won guess on, after a skip too", () => {
    const legal = (actions: string, drawn: string) =>
      replay(game(), {}, actionsOf(actions), ranks(drawn)).legalActions.join(" ");
    assert.equal(legal("skip", "7 8"), "higher lower skip");
    assert.equal(legal("higher", "7 8"), "higher lower skip cashOut");
    assert.equal(legal("higher skip", "7 8 A"), "higher same skip cashOut");
    assert.equal(legal("lower", "7 8"), "");
  });

  it("allows 52 skips", () => {
    const many = Array(52).fill("7").join(" ");
    const skipped = replay(game(), {}, actionsOf("skip ".repeat(52)), ranks(`7 ${many}`));
    assert.deepEqual(skipped.legalActions, ["higher", "lower"]);
    const more = () => replay(game(), {}, actionsOf("skip ".repeat(53)), ranks(`7 ${many} 7`));
    assert.throws(more, IllegalAction);
  });

  it("draws nothing for a guess that would pay too much, and pays what is won", () => {
    const capped = game({ maxMultiplier: "10" });
    const draws = ranks("7 A");
    const round = replay(capped, {}, actionsOf("lower same"), draws);
    assert.deepEqual([round.over, toText(round.tally.payout)], [true, "183/100"]);
    assert.deepEqual(round.outcome(toText), { ranks: ["7", "A"] });
  });

  it("does not offer such a guess before the first win", () => {
    const capped = game({ maxMultiplier: "10" });
    assert.deepEqual(replay(capped, {}, [], ranks("A")).legalActions, ["higher", "skip"]);
    const act = () => replay(capped, {}, actionsOf("same"), ranks("A A"));
    assert.throws(act, IllegalAction);
  });

  it("pays exactly maxMultiplier where a guess reaches it", () => {
    const capped = game({ maxMultiplier: "12.87" });
    const round = replay(capped, {}, actionsOf("same cashOut"), ranks("A A"));
    assert.equal(toText(round.tally.payout), "1287/100");
  });

  const illegal: [string, string, string, RegExp][] = [
    ["cashing out before the first win", "cashOut", "7", /choose one of higher, lower, skip/],
    ["same between ace and king", "same", "7", /choose one of higher, lower/],
    ["lower on an ace", "lower", "A", /choose one of higher, same/],
    ["higher on a king", "higher", "K", /choose one of lower, same/],
    ["anything after a loss", "lower skip", "7 K", /the round is over/],
    ["anything after cashing out", "higher cashOut skip", "7 K", /the round is over/],
  ];
  for (const [name, actions, drawn, message] of illegal) {
    it(`forbids ${name}`, () => {
      const act = () => replay(game(), {}, actionsOf(actions), ranks(drawn));
      assert.throws(act, (error) => {
        assert.ok(error instanceof IllegalAction);
        assert.equal(error.pointer, "/type");
        return message.test(error.message);
      });
    });
  }

  it("ends an abandoned round by cashing out; before the first win the stake is lost", () => {
    const cash = { type: "cashOut" };
    const before = finish(game(), {}, actionsOf("skip"), ranks("7 8"));
    assert.deepEqual([before.added, toText(before.tally.payout)], [[cash], "0"]);
    const after = finish(game(), {}, actionsOf("higher"), ranks("7 8"));
    assert.deepEqual([after.added, toText(after.tally.payout)], [[cash], "183/100"]);
    const recorded = replay(game(), {}, [{ ...cash, by: "default" }], ranks("7"));
    assert.ok(recorded.over);
  });

  it("plays any legal actions to the end as the contract read by other code does", () => {
    const terms = fc.constantFrom(
      { edge: "0.01", rounding: 2, maxMultiplier: "10000", kept: [99n, 100n] as const },
      { edge: "1/3", rounding: 0, maxMultiplier: "9", kept: [2n, 3n] as const },
      { edge: "0", rounding: 8, maxMultiplier: "40", kept: [1n, 1n] as const },
    );
    fc.assert(
      fc.property(terms, fc.string(), fc.infiniteStream(fc.nat()), (given, seed, choices) => {
        const { kept, ...config } = given;
        const compiled = game(config);
        const actions: Action[] = [];
        let round = replay(compiled, {}, actions, new FastDraws(seed));
        while (!round.over) {
          const legal = round.legalActions;
          assert.deepEqual(
            legal,
            moves.filter((move) => legal.includes(move)),
          );
          actions.push({ type: legal[(choices.next().value ?? 0) % legal.length] ?? "" });
          round = replay(compiled, {}, actions, new FastDraws(seed));
        }
        const most = BigInt(config.maxMultiplier);
        const draws = new FastDraws(seed);
        const reference = referenceHiLo(
          { kept, units: 10n ** BigInt(config.rounding), most },
          actions.map(({ type }) => type),
          () => draws.below(13),
        );
        assert.deepEqual(round.outcome(toText), { ranks: reference.ranks });
        assert.deepEqual(round.tally.payout, fraction(...reference.pays));
        assert.ok(compare(round.tally.payout, engine.bound(compiled.prepared, {})) <= 0);
      }),
      { numRuns: 150 },
    );
  });

  it("returns c / 13 times the floored factor for each rank and guess", () => {
    const entries = engine.returns(game({ edge: "0.02" }).prepared);
    assert.equal(entries.length, 26);
    for (const { bet, rtp, hitRate, variance } of entries) {
      const { rank, guess } = bet as { rank: string; guess: string };
      // By enumerating the next rank.
      const drawn = [...enumerate((draws) => draws.below(13))].filter(({ value }) => {
        const won = replay(game(), {}, actionsOf(guess), ranks(`${rank} ${names[value]}`));
        return !won.over;
      });
      const c = BigInt(drawn.length);
      const cents = (98n * 13n) / c;
      assert.deepEqual(rtp, fraction(cents * c, 1_300n));
      assert.deepEqual(hitRate, fraction(c, 13n));
      assert.deepEqual(variance, fraction(cents * cents * c * (13n - c), 1_690_000n));
    }
  });

  it("lists no step that the first stake may not take", () => {
    const entries = engine.returns(game({ maxMultiplier: "10" }).prepared);
    assert.equal(entries.length, 24);
    assert.ok(entries.every(({ bet }) => (bet as { guess: string }).guess !== "same"));
  });

  const worths: Json[] = [
    {},
    { edge: "0.05", rounding: 1 },
    { edge: "0.5", rounding: 0, maxMultiplier: "2" },
  ];
  for (const config of worths) {
    it(`expects what the best use of all skips is worth with ${JSON.stringify(config)}`, () => {
      const { prepared } = game(config);
      const best = names.map((rank) =>
        engine
          .returns(prepared)
          .filter(({ bet }) => (bet as { rank: string }).rank === rank)
          .map(({ rtp }) => rtp)
          .reduce((a, b) => (compare(a, b) >= 0 ? a : b)),
      );
      // With one more rank to come each time, those that are worth more than what may follow are taken.
      let worth = zero;
      for (let drawn = 1; drawn <= 53; drawn++) {
        const taken = best.filter((it) => compare(it, worth) > 0);
        const kept = fraction(13 - taken.length, 13);
        worth = add(mul(kept, worth), mul(taken.reduce(add, zero), fraction(1, 13)));
      }
      assert.deepEqual(engine.expected(prepared, {}), worth);
    });
  }

  it("loses in regret exactly what a way of playing returns less than the best one", () => {
    const plans = ["higher", "skip higher", "higher higher", "lower skip lower", "skip skip same"];
    for (const config of [{}, { edge: "0.1", rounding: 1, maxMultiplier: "5" }]) {
      const compiled = game(config);
      for (const plan of plans) {
        let [paid, regretted] = [zero, zero];
        for (const { value, probability } of enumerate((draws) => planned(compiled, plan, draws))) {
          assert.ok(compare(value.regret, zero) >= 0);
          paid = add(paid, mul(value.tally.payout, probability));
          regretted = add(regretted, mul(value.regret, probability));
        }
        assert.deepEqual(paid, sub(engine.expected(compiled.prepared, {}), regretted), plan);
      }
    }
  });

  it("rehearses plays whose return is exact, each by itself", () => {
    const compiled = game({ maxMultiplier: "20" });
    for (const play of engine.plays(compiled.prepared)) {
      const alone = { ...compiled, engine: { ...engine, plays: () => [play] } };
      const result = simulate(alone, 100_000, "plays");
      assert.ok(Math.abs(result.sigmas ?? 9) < 3.5, JSON.stringify(result));
    }
  });

  it("bounds every bet by maxMultiplier", () => {
    const { prepared } = game({ maxMultiplier: "250" });
    assert.equal(toText(engine.bound(prepared, {})), "250");
    assert.equal(toText(engine.maxMultiplier(prepared)), "250");
  });

  const refused: [Json, string][] = [
    [{ edge: "1" }, "/edge"],
    [{ edge: 0.01 }, "/edge"],
    [{ rounding: 9 }, "/rounding"],
    [{ maxMultiplier: "1.82" }, "/maxMultiplier"],
    [{ maxMultiplier: "0" }, "/maxMultiplier"],
    [{ decks: 6 }, "/decks"],
  ];
  for (const [config, pointer] of refused) {
    it(`refuses the configuration ${JSON.stringify(config)}`, () => {
      const compiled = compile(engine, config);
      assert.ok("problems" in compiled);
      assert.equal(compiled.problems[0]?.pointer, pointer);
    });
  }

  it("takes an empty bet and actions of a known type, and nothing else", () => {
    const { checkBet, checkAction } = game({ maxMultiplier: "1.83" });
    const stake = { amount: 100n, step: 100n, digits: 2 };
    assert.deepEqual(checkBet({}, stake), []);
    for (const bet of [null, [], { guess: "higher" }]) assert.equal(checkBet(bet, stake).length, 1);
    for (const type of moves) assert.deepEqual(checkAction({ type }), []);
    for (const action of [{ type: "equal" }, { type: "__proto__" }, {}, { type: null }]) {
      assert.equal(checkAction(action as Json)[0]?.pointer, "/type");
    }
  });
});

/** Takes the plan's actions as far as they are legal, and gives up there. */
function planned(compiled: Compiled, plan: string, draws: Draws) {
  const seen: number[] = [];
  const recorded = { ...draws, below: (n: number) => seen[seen.push(draws.below(n)) - 1] ?? 0 };
  const { prepared } = compiled;
  let state = engine.start(prepared, {}, recorded);
  const actions: Action[] = [];
  for (const action of actionsOf(plan)) {
    if (!engine.legalActions(prepared, state).includes(action.type)) break;
    state = engine.act(prepared, state, action, recorded, { by: "player" });
    actions.push(action);
  }
  return finish(compiled, {}, actions, ranks(seen.map((rank) => names[rank]).join(" ")));
}
