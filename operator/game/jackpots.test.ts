import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Jackpot } from "../../crds/generated/jackpot.ts";
import type { JackpotFigures } from "../database/jackpots.ts";
import { jackpotReturns, namedJackpots, withoutUnbound } from "./jackpots.ts";
import { game } from "./testing/samples.ts";

const usd = { currency: "USD", min: "1", max: "10", maxPayout: "100" };
const eur = { ...usd, currency: "EUR" };

function jackpot(currency: string, deletionTimestamp?: string) {
  const metadata = { ...(deletionTimestamp ? { deletionTimestamp } : {}) };
  return { metadata, spec: { currency } } as Jackpot;
}

function figures(id: string, currency: string, contribution: string) {
  return { id, currency, terms: { contribution } } as JackpotFigures;
}

const objects: Record<string, Jackpot> = {
  "casino/mega": jackpot("USD"),
  "casino/minor": jackpot("USD"),
  "casino/euro": jackpot("EUR"),
  "casino/new": jackpot("USD"),
  "casino/old": jackpot("USD", "2026-01-01T00:00:00Z"),
  "other/elsewhere": jackpot("USD"),
};
const rows: Record<string, JackpotFigures> = {
  "casino/mega": figures("1", "USD", "1/100"),
  "casino/minor": figures("2", "USD", "1/200"),
  "casino/euro": figures("3", "EUR", "1/30"),
  "casino/old": figures("4", "USD", "1/100"),
};
const source = {
  object: (key: string) => objects[key],
  figures: (key: string) => rows[key],
};
const named = (names: string[], stakes = [usd]) =>
  namedJackpots(game({ stakes, jackpots: names.map((name) => ({ name })) }), source);

describe("the Jackpots that a Game names", () => {
  it("are looked for in its namespace, with their currency and their rows", () => {
    const states = (names: string[]) => named(names).map(({ state }) => state);
    assert.deepEqual(states(["mega", "none", "elsewhere", "euro", "new", "old"]), [
      ...["bound", "missing", "missing", "currency", "notReady", "deleting"],
    ]);
  });

  it("are not ready where the database did not bind them", () => {
    const left = withoutUnbound(named(["mega", "minor", "none"]), ["minor", "none"]);
    assert.deepEqual(
      left.map(({ state }) => state),
      ["bound", "notReady", "missing"],
    );
  });

  it("pay back on top of the base return, each currency apart, exactly", () => {
    const base = { exact: "49/50", decimal: "0.98", percent: "98.00%" };
    const all = named(["mega", "minor", "euro", "none"], [usd, eur]);
    assert.deepEqual(jackpotReturns(base, all), [
      { currency: "EUR", contribution: "1/30", total: "101.33%" },
      { currency: "USD", contribution: "3/200", total: "99.50%" },
    ]);
    assert.deepEqual(jackpotReturns(base, named(["none"])), []);
  });
});
