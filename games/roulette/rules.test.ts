import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { FastDraws } from "../fast-draws.ts";
import { add, compare, fraction, max, mul, parseFraction, toText, zero } from "../fraction.ts";
import type { Json } from "../game.ts";
import { engines } from "../index.ts";
import { simulate } from "../simulate.ts";
import { distorted, drawing, faultsOf, ready, refusedOrPlayed, stake } from "../testing.ts";
import { type Spot, spotsOf, type Wheel } from "./layout.ts";

const engine = engines.get("roulette") ?? assert.fail();
const wheels: [Wheel, number][] = [
  ["european", 37],
  ["american", 38],
];

type Part = { kind: string; on?: number[] | number; stake: string };

function partOn({ kind, on }: Spot, amount = "1.00"): Part {
  return { kind, ...(on === undefined ? {} : { on }), stake: amount };
}

function spun(config: Json, bets: Part[], number: number): string {
  const { prepared } = ready(engine, config);
  const n = (config as { wheel: Wheel }).wheel === "european" ? 37 : 38;
  const state = engine.start(prepared, { bets }, drawing({ n, value: number }));
  assert.deepEqual(engine.outcome(prepared, state, toText), { number });
  assert.deepEqual(engine.legalActions(prepared, state), []);
  return toText(engine.tally(prepared, state).payout);
}

const totalPay: { [kind: string]: string } = {
  ...{ straight: "36", split: "18", street: "12", corner: "9", basket: "9", topLine: "7" },
  ...{ line: "6", dozen: "3", column: "3" },
  ...{ red: "2", black: "2", odd: "2", even: "2", low: "2", high: "2" },
};

describe("roulette", () => {
  for (const [wheel, numbers] of wheels) {
    for (const laPartage of wheel === "european" ? [false, true] : [false]) {
      it(`pays every place on every number of the ${wheel} wheel${laPartage ? " with la partage" : ""}`, () => {
        const { prepared, checkBet } = ready(engine, { wheel, laPartage });
        const spins = [...Array(numbers).keys()];
        for (const spot of spotsOf(wheel)) {
          const bet = { bets: [partOn(spot)] };
          assert.deepEqual(checkBet(bet, stake), []);
          const paid = spins.map((value) => {
            const state = engine.start(prepared, bet, drawing({ n: numbers, value }));
            return toText(engine.tally(prepared, state).payout);
          });
          const half = laPartage && spot.numbers.length === 18;
          const lost = (number: number) => (half && number === 0 ? "1/2" : "0");
          const won = totalPay[spot.kind] ?? "";
          assert.deepEqual(
            paid,
            spins.map((number) => (spot.numbers.includes(number) ? won : lost(number))),
          );
        }
      });
    }
  }

  const spins: [string, Json, Part[], number, string][] = [
    [
      "pays by what each part has of the whole stake",
      { wheel: "european" },
      [
        { kind: "straight", on: [17], stake: "1.00" },
        { kind: "red", stake: "3.00" },
      ],
      17,
      "9",
    ],
    [
      "adds parts on the same place up",
      { wheel: "european" },
      [
        { kind: "straight", on: [17], stake: "1.00" },
        { kind: "straight", on: [17], stake: "1" },
        { kind: "black", stake: "2.00" },
      ],
      17,
      "19",
    ],
    [
      "gives half of the even chances back on zero, and of nothing else",
      { wheel: "european", laPartage: true },
      [
        { kind: "red", stake: "0.50" },
        { kind: "dozen", on: 1, stake: "0.50" },
      ],
      0,
      "1/4",
    ],
    [
      "takes the basket without its numbers",
      { wheel: "european" },
      [{ kind: "basket", stake: "1" }],
      3,
      "9",
    ],
    [
      "takes the top line without its numbers",
      { wheel: "american" },
      [{ kind: "topLine", stake: "1" }],
      37,
      "7",
    ],
    [
      "counts 37 as 00",
      { wheel: "american" },
      [{ kind: "straight", on: [37], stake: "1" }],
      37,
      "36",
    ],
    ["pays no even chance on 00", { wheel: "american" }, [{ kind: "even", stake: "1" }], 37, "0"],
  ];
  for (const [name, config, bets, number, payout] of spins) {
    it(name, () => assert.equal(spun(config, bets, number), payout));
  }

  const listed = (config: Json) => {
    const { prepared } = ready(engine, config);
    return engine.returns(prepared).map(({ bet, side, rtp }) => {
      return [(bet as { kind: string }).kind, side ? "side" : "main", toText(rtp)];
    });
  };

  it("returns 36/37 on the european wheel, with la partage 73/74 on the even chances", () => {
    const kinds = Object.keys(totalPay).filter((kind) => kind !== "topLine");
    const side = (kind: string) => (kind === "basket" ? "side" : "main");
    assert.deepEqual(
      new Set(listed({}).map(String)),
      new Set(kinds.map((kind) => String([kind, side(kind), "36/37"]))),
    );
    const even = (kind: string) => totalPay[kind] === "2";
    assert.deepEqual(
      new Set(listed({ laPartage: true }).map(String)),
      new Set(kinds.map((kind) => String([kind, side(kind), even(kind) ? "73/74" : "36/37"]))),
    );
  });

  it("returns 18/19 on the american wheel, and 35/38 on the top line", () => {
    const kinds = Object.keys(totalPay).filter((kind) => kind !== "basket");
    const expected = kinds.map((kind) =>
      String(kind === "topLine" ? [kind, "side", "35/38"] : [kind, "main", "18/19"]),
    );
    assert.deepEqual(new Set(listed({ wheel: "american" }).map(String)), new Set(expected));
  });

  const config = fc.constantFrom<Json>(
    { wheel: "european", laPartage: false },
    { wheel: "european", laPartage: true },
    { wheel: "american", laPartage: false },
  );

  it("is worth, and bounded by, what its parts pay on each number", () => {
    const part = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 500 }));
    fc.assert(
      fc.property(config, fc.array(part, { minLength: 1, maxLength: 100 }), (settings, chosen) => {
        const { prepared, checkBet } = ready(engine, settings);
        const { wheel, laPartage } = settings as { wheel: Wheel; laPartage: boolean };
        const spots = spotsOf(wheel);
        const parts = chosen.map(([index, cents]) => {
          return { spot: spots[index % spots.length] ?? assert.fail(), cents };
        });
        const total = parts.reduce((sum, { cents }) => sum + cents, 0);
        const bets = parts.map(({ spot, cents }) => partOn(spot, (cents / 100).toFixed(2)));
        assert.deepEqual(checkBet({ bets }, { ...stake, amount: BigInt(total) }), []);
        const n = wheel === "european" ? 37 : 38;
        let [mean, most] = [zero, zero];
        for (let number = 0; number < n; number++) {
          const paid = parts.map(({ spot, cents }) => {
            if (spot.numbers.includes(number))
              return mul(fraction(cents), parseFraction(totalPay[spot.kind] ?? ""));
            return laPartage && number === 0 && spot.numbers.length === 18
              ? fraction(cents, 2)
              : zero;
          });
          const payout = mul(paid.reduce(add, zero), fraction(1, total));
          const state = engine.start(prepared, { bets }, drawing({ n, value: number }));
          assert.deepEqual(engine.tally(prepared, state).payout, payout);
          mean = add(mean, mul(payout, fraction(1, n)));
          most = max(most, payout);
        }
        assert.deepEqual(engine.expected(prepared, { bets }), mean);
        assert.deepEqual(engine.bound(prepared, { bets }), most);
        assert.ok(compare(most, engine.maxMultiplier(prepared)) <= 0);
      }),
      { numRuns: 40 },
    );
  });

  it("is played to its return by the simulator", () => {
    for (const settings of [{ laPartage: true }, { wheel: "american" }]) {
      const result = simulate(ready(engine, settings), 40_000, "roulette");
      assert.ok(Math.abs(result.sigmas ?? 9) < 3, JSON.stringify(result));
    }
  });

  const red = (amount: string) => ({ kind: "red", stake: amount });
  const bets: [string, Json, string, RegExp][] = [
    ["no parts", [], "/bets", /fewer than 1/],
    ["101 parts", Array.from({ length: 101 }, () => red("0.01")), "/bets", /more than 100/],
    [
      "parts that add up to less",
      [red("0.40"), red("0.50")],
      "/bets",
      /add up to 0.90, not to 1.00/,
    ],
    ["parts that add up to more", [red("0.60"), red("0.50")], "/bets", /add up to 1.10/],
    ["a part of nothing", [red("1.00"), red("0")], "/bets/1/stake", /multiple of 0.05 above zero/],
    ["a part off the step", [red("0.99"), red("0.01")], "/bets/0/stake", /multiple of 0.05/],
    ["a part below the minor unit", [red("0.001")], "/bets/0/stake", /at most 2 decimals/],
    ["a negative part", [red("2.00"), red("-1.00")], "/bets/1/stake", /such as "1.00"/],
    ["a number as a stake", [{ kind: "red", stake: 1 }], "/bets/0/stake", /must be string/],
    ["no stake", [{ kind: "red" }], "/bets/0/stake", /is required/],
    [
      "an unknown kind",
      [{ kind: "neighbours", stake: "1.00" }],
      "/bets/0/kind",
      /one of straight, split/,
    ],
    ["the other wheel's kind", [{ kind: "topLine", stake: "1.00" }], "/bets/0/kind", /one of/],
    ["no kind", [{ stake: "1.00" }], "/bets/0/kind", /is required/],
    ["numbers for red", [{ kind: "red", on: [1], stake: "1.00" }], "/bets/0/on", /not known here/],
    ["a straight on nothing", [{ kind: "straight", stake: "1.00" }], "/bets/0/on", /is required/],
    [
      "a straight on a bare number",
      [{ kind: "straight", on: 1, stake: "1.00" }],
      "/bets/0/on",
      /must be array/,
    ],
    ["00 on one zero", [{ kind: "straight", on: [37], stake: "1.00" }], "/bets/0/on/0", /<= 36/],
    [
      "a split apart",
      [{ kind: "split", on: [1, 3], stake: "1.00" }],
      "/bets/0/on",
      /no split of this table/,
    ],
    [
      "a split over the edge",
      [{ kind: "split", on: [3, 4], stake: "1.00" }],
      "/bets/0/on",
      /no split/,
    ],
    [
      "a split backwards",
      [{ kind: "split", on: [2, 1], stake: "1.00" }],
      "/bets/0/on",
      /ascending order/,
    ],
    [
      "a split of one number",
      [{ kind: "split", on: [2, 2], stake: "1.00" }],
      "/bets/0/on",
      /no split/,
    ],
    ["00's split", [{ kind: "street", on: [0, 1, 3], stake: "1.00" }], "/bets/0/on", /no street/],
    ["a fourth dozen", [{ kind: "dozen", on: 4, stake: "1.00" }], "/bets/0/on", /<= 3/],
    [
      "another basket",
      [{ kind: "basket", on: [1, 2, 3, 4], stake: "1.00" }],
      "/bets/0/on",
      /must be \[0,1,2,3\]/,
    ],
  ];
  for (const [name, parts, pointer, message] of bets) {
    it(`refuses ${name}`, () => {
      const [problem] = ready(engine).checkBet({ bets: parts }, { ...stake, step: 5n });
      assert.equal(problem?.pointer, pointer);
      assert.match(problem?.message ?? "", message);
    });
  }

  it("refuses absurd bets with pointers, or plays them within their bound", () => {
    const draws = new FastDraws("absurd");
    for (const settings of [{}, { wheel: "american" }] as Json[]) {
      const compiled = ready(engine, settings);
      const parts = [
        { kind: "corner", on: [1, 2, 4, 5], stake: "0.40" },
        { kind: "dozen", on: 2, stake: "0.60" },
      ];
      for (const bet of distorted({ bets: parts })) refusedOrPlayed(compiled, bet, draws);
      const on = fc.oneof(
        fc.array(fc.integer({ min: -1, max: 38 }), { maxLength: 6 }),
        fc.integer(),
      );
      const kind = fc.oneof(fc.constantFrom(...Object.keys(totalPay)), fc.constant("__proto__"));
      const amount = fc.oneof(fc.constantFrom("1.00", "0.50"), fc.string(), fc.double());
      const part = fc.record({ kind, on, stake: amount }, { requiredKeys: [] });
      const list = fc.record({ bets: fc.array(part, { maxLength: 3 }) });
      fc.assert(
        fc.property(fc.oneof(fc.jsonValue(), list), (bet) => {
          refusedOrPlayed(compiled, bet as Json, draws);
        }),
        { numRuns: 300 },
      );
    }
  });

  it("takes stakes of any currency: none of a yen, a wei of an ether, a million ether", () => {
    const { checkBet, prepared } = ready(engine);
    const parts = (a: string, b: string) => ({
      bets: [
        { kind: "red", stake: a },
        { kind: "straight", on: [1], stake: b },
      ],
    });
    assert.deepEqual(checkBet(parts("3", "1"), { amount: 4n, step: 1n, digits: 0 }), []);
    const wei = { amount: 10n ** 24n + 1n, step: 1n, digits: 18 };
    const ether = parts("1000000", "0.000000000000000001");
    assert.deepEqual(checkBet(ether, wei), []);
    assert.deepEqual(
      engine.bound(prepared, ether),
      fraction(2n * 10n ** 24n + 36n, 10n ** 24n + 1n),
    );
  });

  const faults: [Json, string, RegExp][] = [
    [{ wheel: "french" }, "/wheel", /must be one of european, american/],
    [{ wheel: "american", laPartage: true }, "/laPartage", /set wheel to "european"/],
    [{ laPartage: "yes" }, "/laPartage", /must be boolean/],
    [{ zeros: 1 }, "/zeros", /not known here/],
  ];
  for (const [settings, pointer, message] of faults) {
    it(`refuses the configuration ${JSON.stringify(settings)}`, () => {
      const [problem] = faultsOf(engine, settings);
      assert.equal(problem?.pointer, pointer);
      assert.match(problem?.message ?? "", message);
    });
  }

  it("is over at once: there is nothing to act on", () => {
    const { prepared, checkAction } = ready(engine);
    assert.equal(checkAction({ type: "spin" })[0]?.pointer, "/type");
    assert.throws(() => engine.defaultAction(prepared, null));
  });
});
