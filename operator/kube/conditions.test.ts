import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type Condition,
  type ConditionClaim,
  sameConditions,
  setConditions,
  summarize,
} from "./conditions.ts";

const then = "2026-01-01T00:00:00Z";
const now = new Date("2026-02-02T02:02:02.345Z");

function condition(
  type: string,
  status: Condition["status"],
  more: Partial<Condition> = {},
): Condition {
  return { type, status, reason: "Because", message: "", lastTransitionTime: then, ...more };
}

function claim(
  type: string,
  status: Condition["status"],
  more: Partial<ConditionClaim> = {},
): ConditionClaim {
  return { type, status, reason: "Because", message: "", ...more };
}

describe("setConditions", () => {
  it("keeps the time of the last transition while the status is the same", () => {
    const before = [condition("Ready", "False")];
    const after = setConditions(
      before,
      [claim("Ready", "False", { reason: "Other", message: "new" })],
      { now },
    );
    assert.deepEqual(after, [condition("Ready", "False", { reason: "Other", message: "new" })]);
  });

  it("notes the time of a transition in whole seconds", () => {
    const after = setConditions([condition("Ready", "False")], [claim("Ready", "True")], { now });
    assert.equal(after[0]?.lastTransitionTime, "2026-02-02T02:02:02Z");
  });

  it("notes the time of a condition that is new", () => {
    const after = setConditions([], [claim("Ready", "Unknown", { observedGeneration: 3 })], {
      now,
    });
    assert.equal(after[0]?.lastTransitionTime, "2026-02-02T02:02:02Z");
    assert.equal(after[0]?.observedGeneration, 3);
  });

  it("orders as claimed, keeps what others wrote, and drops what it is told to", () => {
    const before = [condition("Theirs", "True"), condition("B", "True"), condition("Old", "True")];
    const claims = [claim("A", "True"), claim("B", "True")];
    const after = setConditions(before, claims, { now, dropped: ["Old"] });
    assert.deepEqual(
      after.map(({ type }) => type),
      ["A", "B", "Theirs"],
    );
  });

  it("cuts a message that the API would refuse", () => {
    const after = setConditions([], [claim("A", "True", { message: "x".repeat(50_000) })], { now });
    assert.equal(after[0]?.message.length, 32_768);
  });
});

describe("sameConditions", () => {
  const one = [condition("A", "True"), condition("B", "False")];
  it("does not mind the order", () => assert.equal(sameConditions(one, one.toReversed()), true));
  it("minds every field", () => {
    for (const more of [
      { message: "m" },
      { reason: "R" },
      { observedGeneration: 1 },
      { lastTransitionTime: "x" },
    ]) {
      assert.equal(
        sameConditions(one, [condition("A", "True", more), condition("B", "False")]),
        false,
      );
    }
    assert.equal(sameConditions(one, one.slice(1)), false);
  });
});

describe("summarize", () => {
  it("is True when all are", () => {
    assert.equal(summarize([claim("A", "True"), claim("B", "True")]).status, "True");
  });
  it("gives the first False its word, even behind an Unknown", () => {
    const claims = [
      claim("A", "Unknown", { reason: "Waiting" }),
      claim("B", "False", { reason: "ReturnTooLow", message: "raise pays" }),
      claim("C", "False", { reason: "Later" }),
    ];
    const ready = summarize(claims, { observedGeneration: 2 });
    assert.deepEqual(ready, {
      type: "Ready",
      status: "False",
      reason: "ReturnTooLow",
      message: "raise pays",
      observedGeneration: 2,
    });
  });
  it("is Unknown when nothing is wrong but not all is known", () => {
    assert.equal(summarize([claim("A", "True"), claim("B", "Unknown")]).status, "Unknown");
  });
});
