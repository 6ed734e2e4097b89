// What the tests of the engines share; nothing else imports it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Draws } from "./draws.ts";
import { compare, type Fraction, zero } from "./fraction.ts";
import type { BetStake, Engine, Json, Problem } from "./game.ts";
import { readGame } from "./manifest.ts";
import { type Compiled, compile } from "./play.ts";

/** A stake of 1.00 in steps of a cent. */
export const stake: BetStake = { amount: 100n, step: 1n, digits: 2 };

export function ready(engine: Engine, config: Json = {}): Compiled {
  const compiled = compile(engine, config);
  if ("problems" in compiled) assert.fail(JSON.stringify(compiled.problems));
  return compiled;
}

/** The configuration of an engine's example Game. */
export function exampleConfig(engine: string): Json {
  const read = readGame(readFileSync(join(import.meta.dirname, engine, "game.yaml"), "utf8"));
  if ("problems" in read) assert.fail(JSON.stringify(read.problems));
  return read.request.config;
}

/** The problems of a configuration that cannot be played. */
export function faultsOf(engine: Engine, config: Json): Problem[] {
  const compiled = compile(engine, config);
  return "problems" in compiled ? compiled.problems : [];
}

/** Draws that come as told, one after the other, and of these sizes only. */
export function drawing(...told: { n: number; value: number }[]): Draws {
  const left = [...told];
  const below = (n: number) => {
    const next = left.shift();
    assert.equal(n, next?.n, "the sizes of draws are part of the contract");
    return next?.value ?? 0;
  };
  const none = () => assert.fail("only below is drawn");
  return { below, belowBig: none, shuffle: none, choose: none };
}

/** What players send who mean no good. NaN is no JSON, and stands for what a parser may let through. */
export const absurdities: readonly Json[] = [
  ...[0, -0, -1, 0.5, 1e-37, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY],
  ...[
    "",
    " ",
    "0",
    "0.00",
    "-1.00",
    "1e-37",
    "1e3",
    "NaN",
    "１.００",
    "2.00\n",
    "2.00 ",
    "+2.00",
    "2,00",
  ],
  ...["x".repeat(10_240), "9".repeat(10_240), "__proto__", "constructor", "toString"],
  ...[null, true, false, [], {}, [[]], Array.from({ length: 5_000 }, () => 1)],
  JSON.parse('{"__proto__": {"on": 1}}'),
];

/** The bet with every value in it replaced by each absurd one, every field left out, and fields too many. */
export function* distorted(bet: Json): Generator<Json> {
  yield* absurdities;
  if (bet === null || typeof bet !== "object") return;
  for (const name of Object.keys(bet)) {
    const { [name as never]: inner, ...rest } = bet as { [name: string]: Json };
    for (const other of distorted(inner ?? null)) yield replaced(bet, name, other);
    if (!Array.isArray(bet)) yield rest;
  }
  if (Array.isArray(bet)) {
    yield [...bet, ...bet];
  } else {
    for (const name of ["extra", "__proto__", "constructor"]) yield replaced(bet, name, 1);
  }
}

function replaced(whole: { [name: string]: Json } | Json[], name: string, value: Json): Json {
  if (Array.isArray(whole)) return whole.map((old, i) => (String(i) === name ? value : old));
  const copy = structuredClone(whole);
  // By assignment the name __proto__ would set the prototype.
  return Object.defineProperty(copy, name, { value, enumerable: true, configurable: true });
}

/** Nothing throws: a bet is refused with pointers and cures, or it can be played within its bound. */
export function refusedOrPlayed(compiled: Compiled, bet: Json, draws: Draws): "refused" | Fraction {
  const problems = compiled.checkBet(bet, stake);
  for (const { pointer, message } of problems) {
    assert.match(pointer, /^(\/|$)/);
    assert.ok(message.length > 5 && message.length < 500, message);
  }
  if (problems.length > 0) return "refused";
  const { engine, prepared } = compiled;
  const bound = engine.bound(prepared, bet);
  const { payout } = engine.tally(prepared, engine.start(prepared, bet, draws));
  assert.ok(compare(payout, bound) <= 0 && compare(bound, engine.maxMultiplier(prepared)) <= 0);
  assert.ok(compare(bound, zero) >= 0);
  return payout;
}
