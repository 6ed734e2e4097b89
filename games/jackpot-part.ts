// What jackpots pay back on top of a game's own return: the part of each debit that the house puts into their pools.
import { add, type Fraction, fraction, parseFraction, toText } from "./fraction.ts";
import type { Json, Problem } from "./game.ts";

/** A Jackpot manifest as far as a game's return goes. */
export interface JackpotPart {
  readonly namespace: string;
  readonly name: string;
  readonly currency: string;
  readonly contribution: Fraction;
}

/** The Jackpots that a Game names; they are of its own namespace. */
export interface NamedJackpots {
  readonly namespace: string;
  readonly names: readonly string[];
}

export interface JackpotFigures {
  /** By currency; fractions in lowest terms. */
  readonly jackpots?: {
    readonly [currency: string]: {
      readonly names: readonly string[];
      readonly contribution: string;
      /** The game's own return and the jackpots' part together; the house's seeds come on top. */
      readonly rtp: { readonly min: string; readonly max: string };
    };
  };
  /** Named by the Game, and in none of the manifests that were given. */
  readonly jackpotsNotGiven?: readonly string[];
}

/** Reads a Jackpot manifest. The whole of it is checked by `npm run validate`. */
export function readJackpot(manifest: Json): JackpotPart | Problem {
  const { namespace = "default", name } = objectOf(objectOf(manifest)["metadata"]);
  const { currency, contribution } = objectOf(objectOf(manifest)["spec"]);
  if (typeof name !== "string" || typeof namespace !== "string") {
    return { pointer: "/metadata/name", message: "a Jackpot needs a name" };
  }
  if (typeof currency !== "string") {
    return { pointer: "/spec/currency", message: `Jackpot ${name} needs a currency` };
  }
  const wrong = `Jackpot ${name}: write a part of the stake in quotes, such as "0.01" or "1/100"`;
  try {
    const part = parseFraction(typeof contribution === "string" ? contribution : "");
    if (part.n > 0n && part.n < part.d) return { namespace, name, currency, contribution: part };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return { pointer: "/spec/contribution", message: wrong };
}

/** The Jackpots that a Game manifest names. */
export function namedJackpots(manifest: Json): NamedJackpots {
  const { namespace = "default" } = objectOf(objectOf(manifest)["metadata"]);
  const { jackpots = [] } = objectOf(objectOf(manifest)["spec"]);
  const names = (Array.isArray(jackpots) ? jackpots : []).map((one) => objectOf(one)["name"]);
  return {
    namespace: String(namespace),
    names: names.filter((name) => typeof name === "string"),
  };
}

/** Base, jackpot and total return apart. Nothing for a Game that names none. */
export function jackpotFigures(
  base: { min: string; max: string },
  { namespace, names }: NamedJackpots,
  given: readonly JackpotPart[],
): JackpotFigures {
  const fed = given.filter((one) => one.namespace === namespace && names.includes(one.name));
  const missing = names.filter((name) => !fed.some((one) => one.name === name));
  const byCurrency = Object.entries(Object.groupBy(fed, ({ currency }) => currency));
  const jackpots = byCurrency.map(([currency, parts = []]) => {
    const sum = parts.map(({ contribution }) => contribution).reduce(add);
    const total = (text: string) => toText(add(exact(text), sum));
    const rtp = { min: total(base.min), max: total(base.max) };
    const entry = { names: parts.map(({ name }) => name), contribution: toText(sum), rtp };
    return [currency, entry] as const;
  });
  return {
    ...(jackpots.length > 0 ? { jackpots: Object.fromEntries(jackpots) } : {}),
    ...(missing.length > 0 ? { jackpotsNotGiven: missing } : {}),
  };
}

// A return may have tens of thousands of digits.
function exact(text: string): Fraction {
  const [n = "0", d = "1"] = text.split("/");
  return fraction(BigInt(n), BigInt(d));
}

function objectOf(value: Json | undefined): { readonly [field: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
