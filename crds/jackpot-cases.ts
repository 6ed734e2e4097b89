import { accept, type Case, type Fields, manifest, refuse } from "./case.ts";

/** A Jackpot that is accepted, changed at the given fields. */
function jackpot(spec: Fields = {}, metadata: Fields = {}): object {
  return manifest("Jackpot", metadata, {
    currency: "USD",
    seed: "1000",
    contribution: "0.01",
    ceiling: "5000",
    trigger: { mustHitBy: "5000" },
    ...spec,
  });
}

const triggered = (trigger: unknown) => jackpot({ trigger });
const leftTo = (transferTo: unknown) => jackpot({ transferTo }, { name: "mega" });

/** The lines of crds/cases.ts that are about Jackpots. */
export const jackpotCases: readonly Case[] = [
  refuse("a Jackpot's name that begins with a digit", jackpot({}, { name: "7s" })),
  accept("a pool that must hit", jackpot()),
  accept("a pool that hits by chance", triggered({ oneIn: "1000000", per: "1.00" })),
  refuse("no trigger", triggered(undefined)),
  refuse("an empty trigger", triggered({})),
  refuse("two triggers", triggered({ mustHitBy: "5000", oneIn: "100", per: "1" })),
  refuse("mustHitBy with a lone per", triggered({ mustHitBy: "5000", per: "1" })),
  refuse("oneIn without per", triggered({ oneIn: "100" })),
  refuse("per without oneIn", triggered({ per: "1.00" })),
  refuse("oneIn that is no whole number", triggered({ oneIn: "1.5", per: "1" })),
  refuse("oneIn of zero", triggered({ oneIn: "0", per: "1" })),
  refuse("oneIn that is a number", triggered({ oneIn: 100, per: "1" })),
  refuse("a threshold of zero", triggered({ mustHitBy: "0" })),
  accept("the same currency in an update", jackpot({ contribution: "0.02" }), jackpot()),
  refuse("another currency in an update", jackpot({ currency: "EUR" }), jackpot()),
  refuse("a currency in small letters", jackpot({ currency: "usd" })),
  accept("no seed", jackpot({ seed: "0" })),
  refuse("a negative seed", jackpot({ seed: "-1" })),
  refuse("a missing seed", jackpot({ seed: undefined })),
  refuse("a missing ceiling", jackpot({ ceiling: undefined })),
  refuse("a ceiling of zero", jackpot({ ceiling: "0" })),
  accept("a contribution as a fraction", jackpot({ contribution: "1/100" })),
  refuse("a contribution of nothing", jackpot({ contribution: "0" })),
  refuse("a contribution of the whole stake", jackpot({ contribution: "1" })),
  refuse("a contribution that is a number", jackpot({ contribution: 0.01 })),
  accept("an overflow share", jackpot({ overflowShare: "0.2" })),
  accept("an overflow share of everything", jackpot({ overflowShare: "1" })),
  refuse("an overflow share of more than everything", jackpot({ overflowShare: "1.1" })),
  refuse("an unknown field of a Jackpot", jackpot({ colour: "gold" })),
  accept("a Jackpot that gets the money", leftTo({ name: "minor" })),
  accept(
    "a Jackpot that gets the money, said later",
    leftTo({ name: "minor" }),
    jackpot({}, { name: "mega" }),
  ),
  refuse("money that goes nowhere", leftTo({})),
  refuse("money that stays where it is", leftTo({ name: "mega" })),
  refuse("money for a Jackpot whose name is none", leftTo({ name: "Minor" })),
  refuse("money for a Jackpot of another namespace", leftTo({ name: "a", namespace: "b" })),
  refuse("a seed of too many digits", jackpot({ seed: "1".repeat(21) })),
  refuse("a ceiling with an exponent", jackpot({ ceiling: "5e3" })),
  refuse("a contribution of 1/0", jackpot({ contribution: "1/0" })),
  refuse("no spec", { ...jackpot(), spec: undefined }),
  refuse("no currency", jackpot({ currency: undefined })),
];
