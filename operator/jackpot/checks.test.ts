import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { termsText } from "./describe.ts";
import type { Finding, Observed } from "./observe.ts";
import { reasons } from "./reasons.ts";
import { statusOf } from "./status.ts";
import { figures, jackpot, observed, terms } from "./testing/samples.ts";

const now = new Date("2026-01-02T00:00:00Z");

interface Case {
  readonly change: Partial<Observed>;
  /** The condition that tells, its reason, and whether Ready is True. */
  readonly says: readonly [condition: string, status: string, reason: string, ready: string];
  readonly message: RegExp;
}

const invalid: Finding = { reason: "TermsInvalid", message: "spec.ceiling: raise it" };
const deleted = jackpot({}, { deletionTimestamp: "2026-01-01T12:00:00Z" });

const cases: Record<string, Case> = {
  "everything is there": {
    change: {},
    says: ["Ready", "True", "Ready", "True"],
    message: /rounds of the Games dice, slots feed it/,
  },
  "no Game names it": {
    change: { games: [] },
    says: ["Ready", "True", "Ready", "True"],
    message: /no Game names it yet: add it to spec\.jackpots/,
  },
  "many Games name it": {
    change: { games: Array.from({ length: 12 }, (_, i) => `game-${i}`) },
    says: ["Ready", "True", "Ready", "True"],
    message: /game-9 and 2 more feed it/,
  },
  "its terms contradict each other from the start": {
    change: { verdict: { refused: invalid }, database: undefined, figures: undefined },
    says: ["Ready", "False", "TermsInvalid", "False"],
    message: /spec\.ceiling: raise it$/,
  },
  "its new terms contradict each other": {
    change: { verdict: { refused: invalid }, database: undefined },
    says: ["Ready", "False", "TermsInvalid", "False"],
    message: /raise it\. In force: must hit by 5000\.00, 1\/100 of each debit \(1\/5 of it/,
  },
  "the database is away": {
    change: { database: { failed: { reason: "DatabaseUnreachable", message: "away" } } },
    says: ["Ready", "False", "DatabaseUnreachable", "False"],
    message: /away/,
  },
  "nothing is known of its pool yet": {
    change: { figures: undefined },
    says: ["Funded", "Unknown", "Blocked", "Unknown"],
    message: /waits for Ready/,
  },
  "nobody counts what rounds add": {
    change: { figures: figures({ behindSeconds: 31 }) },
    says: ["Ready", "False", "SequencerBehind", "False"],
    message: /pitboss-lobby/,
  },
  "its alerts cannot be applied": {
    change: { faults: [{ kind: "PrometheusRule", reason: "ApplyRefused", message: "quota" }] },
    says: ["Ready", "False", "ApplyRefused", "False"],
    message: /quota/,
  },
  "the house has put its seed in": {
    change: {},
    says: ["Funded", "True", "Funded", "True"],
    message: /the seed of 1000\.00 USD/,
  },
  "its pool is below its seed": {
    change: { figures: figures({ pool: 99_999n }) },
    says: ["Funded", "False", "BelowSeed", "False"],
    message: /999\.99 USD is below its seed of 1000\.00 USD/,
  },
  "its books do not balance": {
    change: { figures: figures({ difference: "-3" }) },
    says: ["Funded", "False", "BooksDiffer", "False"],
    message: /\(-3 units\)/,
  },
  "its terms are in force": {
    change: {},
    says: ["TermsPending", "False", "TermsInForce", "True"],
    message: /must hit by 5000\.00/,
  },
  "other terms wait for the next win": {
    change: {
      figures: figures({
        pendingTerms: termsText(terms({ trigger: { oneIn: "1000", per: "1" } })),
      }),
    },
    says: ["TermsPending", "True", "AfterNextWin", "True"],
    message: /after the next win: 1 in 1000 per 1\.00.*Till then: must hit by 5000\.00/,
  },
  "its deletion waits for Games": {
    change: { jackpot: deleted },
    says: ["Deleting", "False", "InUse", "True"],
    message: /the Games dice, slots still name it.*Take mega out of spec\.jackpots/,
  },
  "its deletion waits for one Game": {
    change: { jackpot: deleted, games: ["dice"] },
    says: ["Ready", "True", "Ready", "True"],
    message: /the Game dice still names it/,
  },
};

describe("the conditions of a Jackpot", () => {
  for (const [name, { change, says, message }] of Object.entries(cases)) {
    it(`tell when ${name}`, () => {
      const { conditions = [] } = statusOf(observed(change), now);
      const find = (type: string) => conditions.find((one) => one.type === type);
      const [type, status, reason, ready] = says;
      const told = find(type);
      assert.deepEqual([told?.status, told?.reason], [status, reason]);
      assert.match(told?.message ?? "", message);
      assert.equal(find("Ready")?.status, ready);
      assert.ok(told && told.reason in reasons);
    });
  }
});
