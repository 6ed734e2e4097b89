import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { FastDraws } from "../fast-draws.ts";
import { toText, zero } from "../fraction.ts";
import { IllegalAction, type Json } from "../game.ts";
import { finish, replay } from "../play.ts";
import { absurdities, distorted, faultsOf, ready, refusedOrPlayed } from "../testing.ts";
import { classNames, classOf } from "./hands.ts";
import { referenceClass } from "./reference.ts";
import { deck, engine, hand, hold, paysOf, placeOf } from "./testing.ts";

describe("video poker", () => {
  const hands: [string, string | undefined][] = [
    ["Ts Js Qs Ks As", "royalFlush"],
    ["Kd Ad Td Qd Jd", "royalFlush"],
    ["9s Ts Js Qs Ks", "straightFlush"],
    ["Ac 2c 3c 4c 5c", "straightFlush"],
    ["4h 8h 5h 7h 6h", "straightFlush"],
    ["7c 7d 7h 7s 2c", "fourOfAKind"],
    ["Ac Kd Kh Ks Kc", "fourOfAKind"],
    ["7c 7d 7h 2s 2c", "fullHouse"],
    ["2c 2d Ah As Ac", "fullHouse"],
    ["2h 9h Jh Kh 5h", "flush"],
    ["Qs Ks As 2s 3s", "flush"],
    ["Th Js Qs Ks As", "straight"],
    ["Ac 2c 3c 4c 5d", "straight"],
    ["9d 6c 8s 7h 5d", "straight"],
    ["Qh Kh Ah 2h 3d", undefined],
    ["Kh Ah 2h 3d 4h", undefined],
    ["2c 4c 6c 8c Td", undefined],
    ["5c 5d 5h 2s 9c", "threeOfAKind"],
    ["5c 5d 9h 9s Ac", "twoPair"],
    ["2c 2d Ah As 9c", "twoPair"],
    ["Jc Jd 2h 5s 9c", "jacksOrBetter"],
    ["Qc 2d Qh 5s 9c", "jacksOrBetter"],
    ["2c 5d 9h Ks Kc", "jacksOrBetter"],
    ["Ac 2d 3h 4s Ah", "jacksOrBetter"],
    ["Tc Td 2h 5s 9c", undefined],
    ["2c 2d Ah Ks Qc", undefined],
    ["2c 4d 6h 8s Tc", undefined],
  ];
  for (const [cards, name] of hands) {
    it(`pays ${cards} as ${name ?? "nothing"}`, () => {
      assert.equal(classNames[classOf(hand(cards))], name);
      assert.equal(referenceClass(hand(cards)), name);
      const compiled = ready(engine);
      const round = replay(compiled, {}, [hold("xxxxx")], deck(cards));
      assert.deepEqual(round.tally.payout, paysOf()[placeOf(name)] ?? zero);
    });
  }

  it("hides the replacements until the player has held, and draws them from left to right", () => {
    const draws = () => deck("Ac 5d 9h 9s Kc 2c 3d 4h");
    const compiled = ready(engine);
    const open = replay(compiled, {}, [], draws());
    const dealt = hand("Ac 5d 9h 9s Kc");
    assert.deepEqual(
      [open.outcome(toText), open.legalActions, open.over],
      [{ dealt }, ["hold"], false],
    );
    assert.equal(toText(open.tally.payout), "0");
    const drawn = replay(compiled, {}, [hold("..xx.")], draws());
    assert.deepEqual(drawn.outcome(toText), { dealt, final: hand("2c 3d 9h 9s 4h") });
    assert.deepEqual([drawn.legalActions, drawn.over], [[], true]);
    assert.deepEqual(replay(compiled, {}, [hold("xxxxx")], draws()).outcome(toText), {
      dealt,
      final: dealt,
    });
    const all = replay(compiled, {}, [hold(".....")], deck("Ac 5d 9h 9s Kc Td Jd Qd Kd Ad"));
    assert.deepEqual(all.outcome(toText), { dealt, final: hand("Td Jd Qd Kd Ad") });
    assert.equal(toText(all.tally.payout), "800");
  });

  it("holds all cards of an abandoned round", () => {
    const compiled = ready(engine);
    const ended = finish(compiled, {}, [], deck("Jc Jd 2h 5s 9c"));
    assert.deepEqual([ended.added, toText(ended.tally.payout)], [[hold("xxxxx")], "1"]);
    const recorded = [{ ...hold("xxxxx"), by: "default" as const }];
    assert.deepEqual(
      replay(compiled, {}, recorded, deck("Jc Jd 2h 5s 9c")).outcome(toText),
      ended.outcome(toText),
    );
    const other = [{ ...hold("xx..."), by: "default" as const }];
    assert.throws(() => replay(compiled, {}, other, deck("Jc Jd 2h 5s 9c")), IllegalAction);
  });

  it("takes one decision", () => {
    const twice = [hold("xxxxx"), hold("xxxxx")];
    assert.throws(() => replay(ready(engine), {}, twice, deck("Jc Jd 2h 5s 9c")), {
      pointer: "/type",
      message: "the round is over",
    });
  });

  it("refuses absurd bets and actions with pointers, and never throws", () => {
    const compiled = ready(engine);
    const draws = new FastDraws("absurd");
    for (const bet of distorted({})) {
      const answer = refusedOrPlayed(compiled, bet, draws);
      assert.equal(answer === "refused", JSON.stringify(bet) !== "{}");
    }
    const judged = (action: Json) => {
      const problems = compiled.checkAction(action);
      for (const { pointer, message } of problems) {
        assert.match(pointer, /^(\/|$)/);
        assert.ok(message.length > 5 && message.length < 500, message);
      }
      return problems;
    };
    // Another true or false in place of one is a decision, and no absurdity.
    const decision = (action: Json) =>
      /^\{"type":"hold","hold":\[(true|false)(,(true|false)){4}\]\}$/.test(JSON.stringify(action));
    for (const action of distorted(hold("x.x.x") as Json)) {
      assert.equal(judged(action).length === 0, decision(action), JSON.stringify(action));
    }
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ type: fc.constant("hold"), hold: fc.jsonValue() })),
        (action) => {
          judged(action as Json);
        },
      ),
    );
    assert.equal(judged({ type: "hold", hold: [true, true] })[0]?.pointer, "/hold");
    assert.equal(
      judged({ type: "hold", hold: [1, true, true, true, true] })[0]?.pointer,
      "/hold/0",
    );
    assert.equal(judged({ type: "draw" })[0]?.pointer, "/hold");
    assert.equal(
      judged({ type: "draw", hold: hold("xxxxx")["hold"] ?? null })[0]?.pointer,
      "/type",
    );
    assert.equal(judged([...absurdities])[0]?.pointer, "");
  });

  for (const [paytable, pointer] of [
    [{ flush: 6 }, "/paytable/flush"],
    [{ flush: "-6" }, "/paytable/flush"],
    [{ fullHouse: "9 for 1" }, "/paytable/fullHouse"],
    [{ deucesWild: "5" }, "/paytable/deucesWild"],
    [[], "/paytable"],
    ["9/6", "/paytable"],
  ] as const) {
    it(`cannot be configured with the paytable ${JSON.stringify(paytable)}`, () => {
      const [problem] = faultsOf(engine, { paytable } as unknown as Json);
      assert.equal(problem?.pointer, pointer);
      assert.ok((problem?.message.length ?? 0) > 10);
    });
  }

  it("fills a paytable up with the default pays, and bounds every bet by its highest", () => {
    const { config, prepared } = ready(engine, { paytable: { royalFlush: "4", straight: "9/2" } });
    const { paytable } = config as { paytable: { [name: string]: string } };
    assert.equal(Object.keys(paytable).length, 9);
    assert.deepEqual([paytable["royalFlush"], paytable["flush"]], ["4", "6"]);
    assert.equal(toText(engine.bound(prepared, {})), "50");
    assert.equal(toText(engine.maxMultiplier(prepared)), "50");
  });
});
