import type { Jackpot, JackpotSpec } from "../../../crds/generated/jackpot.ts";
import { jackpotTerms } from "../../../crds/jackpot-terms.ts";
import type { JackpotFigures } from "../../database/jackpots.ts";
import { termsText } from "../describe.ts";
import type { Observed } from "../observe.ts";

/** A Jackpot as the API server hands it out, its defaults filled in. */
export function jackpot(
  change: Partial<JackpotSpec> = {},
  metadata: Partial<Jackpot["metadata"]> = {},
): Jackpot {
  return {
    apiVersion: "pitboss.dev/v1alpha1",
    kind: "Jackpot",
    metadata: {
      name: "mega",
      namespace: "casino",
      uid: "11111111-2222-3333-4444-555555555555",
      resourceVersion: "7",
      generation: 3,
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...metadata,
    },
    spec: {
      currency: "USD",
      seed: "1000",
      contribution: "0.01",
      ceiling: "5000",
      overflowShare: "0.2",
      trigger: { mustHitBy: "5000" },
      ...change,
    },
  };
}

/** The terms of a Jackpot that has some. */
export function terms(change: Partial<JackpotSpec> = {}) {
  const read = jackpotTerms(jackpot(change).spec);
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.terms;
}

/** What its pool holds, changed as a test wants. */
export function figures(change: Partial<JackpotFigures> = {}): JackpotFigures {
  return {
    ...{ id: "1", namespace: "casino", name: "mega", currency: "USD", digits: 2 },
    ...{ pool: 123_456n, overflow: 789n, contributions: 24_245n, wins: 0, lastWin: undefined },
    terms: termsText(terms()),
    ...{ pendingTerms: undefined, behindSeconds: 0, heldWins: 0, difference: "0" },
    ...change,
  };
}

/** A Jackpot that has all that it needs, changed as a test wants. */
export function observed(change: Partial<Observed> = {}): Observed {
  return {
    jackpot: jackpot(),
    verdict: { terms: terms() },
    database: { saved: true },
    figures: figures(),
    games: ["dice", "slots"],
    faults: [],
    ...change,
  };
}
