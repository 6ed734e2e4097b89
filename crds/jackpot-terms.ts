import { currencies } from "../games/currencies.ts";
import { compare, type Fraction, one, parseFraction } from "../games/fraction.ts";
import type { Problem } from "../games/game.ts";
import { parseAmount } from "../games/money.ts";
import type { JackpotSpec } from "./generated/jackpot.ts";

/** A Jackpot's terms as exact numbers; amounts in minor units of its currency. */
export interface JackpotTerms {
  currency: string;
  digits: number;
  seed: bigint;
  ceiling: bigint;
  contribution: Fraction;
  overflowShare: Fraction;
  trigger: { mustHitBy: bigint } | { oneIn: bigint; per: bigint };
}

/** The terms of a Jackpot that passed its schema, or what is wrong with them. */
export function jackpotTerms(spec: JackpotSpec): { terms: JackpotTerms } | { problems: Problem[] } {
  const digits = currencies.get(spec.currency);
  if (digits === undefined) {
    const message = `no currency ${spec.currency} here; use one of ${[...currencies.keys()].join(", ")}`;
    return { problems: [{ pointer: "/spec/currency", message }] };
  }
  const problems: Problem[] = [];
  const amount = (pointer: string, text: string): bigint => {
    const value = parseAmount(text, digits);
    if (value !== undefined) return value;
    const message = `"${text}" is no amount of ${spec.currency}; use at most ${digits} decimals`;
    problems.push({ pointer, message });
    return 0n;
  };
  const { mustHitBy, oneIn = "0", per = "0" } = spec.trigger;
  const terms: JackpotTerms = {
    currency: spec.currency,
    digits,
    seed: amount("/spec/seed", spec.seed),
    ceiling: amount("/spec/ceiling", spec.ceiling),
    contribution: parseFraction(spec.contribution),
    overflowShare: parseFraction(spec.overflowShare),
    trigger:
      mustHitBy === undefined
        ? { oneIn: BigInt(oneIn), per: amount("/spec/trigger/per", per) }
        : { mustHitBy: amount("/spec/trigger/mustHitBy", mustHitBy) },
  };
  problems.push(...(problems.length > 0 ? [] : contradictions(terms)));
  return problems.length > 0 ? { problems } : { terms };
}

function contradictions(terms: JackpotTerms): Problem[] {
  const mustHitBy = "mustHitBy" in terms.trigger ? terms.trigger.mustHitBy : undefined;
  return [
    {
      wrong: compare(terms.contribution, one) >= 0,
      pointer: "/spec/contribution",
      message: "a contribution is a part of the stake; write less than 1",
    },
    {
      wrong: compare(terms.overflowShare, one) > 0,
      pointer: "/spec/overflowShare",
      message: "a share is at most 1; lower it",
    },
    {
      wrong: mustHitBy !== undefined && compare(terms.overflowShare, one) === 0,
      pointer: "/spec/overflowShare",
      message:
        "all of each contribution would go to the overflow, so that the pool never comes nearer to trigger.mustHitBy; lower it",
    },
    {
      wrong: mustHitBy !== undefined && terms.ceiling < mustHitBy,
      pointer: "/spec/ceiling",
      message:
        "the ceiling is below trigger.mustHitBy, so that the pool could never get there; raise it",
    },
    {
      wrong: mustHitBy !== undefined && terms.seed >= mustHitBy,
      pointer: "/spec/seed",
      message:
        "the seed is not below trigger.mustHitBy, which leaves no room to play for; lower it",
    },
    {
      wrong: mustHitBy === undefined && terms.seed > terms.ceiling,
      pointer: "/spec/seed",
      message: "the seed is above the ceiling; lower it or raise the ceiling",
    },
  ].flatMap(({ wrong, ...problem }) => (wrong ? [problem] : []));
}
