/** The Jackpots that a Game names: which of them its rounds feed, and what they pay back on top. */
import type { Game, JackpotReturn, ProvenReturn } from "../../crds/generated/game.ts";
import type { Jackpot } from "../../crds/generated/jackpot.ts";
import { add, type Fraction, parseFraction, toText } from "../../games/fraction.ts";
import type { JackpotFigures } from "../database/jackpots.ts";
import { percentOf } from "./math.ts";

/** How a Game stands to one of the Jackpots that it names. */
export type NamedJackpot =
  | FedJackpot
  | { readonly name: string; readonly state: "missing" | "notReady" }
  | { readonly name: string; readonly state: "currency"; readonly currency: string };

/** One that the Game's rounds feed. */
export interface FedJackpot {
  readonly name: string;
  /** `deleting`: it was asked to go, and is fed until the Game lets go of it. */
  readonly state: "bound" | "deleting";
  readonly id: string;
  readonly currency: string;
  /** What it takes of each debit. */
  readonly contribution: Fraction;
}

/** The Jackpots of the cluster, and what the database has of them, by `namespace/name`. */
export interface JackpotSource {
  object(key: string): Jackpot | undefined;
  figures(key: string): JackpotFigures | undefined;
}

/** Looks up the Jackpots that the Game names, in their order. */
export function namedJackpots({ metadata, spec }: Game, source: JackpotSource): NamedJackpot[] {
  return spec.jackpots.map(({ name }) => {
    const key = `${metadata.namespace}/${name}`;
    const jackpot = source.object(key);
    if (!jackpot) return { name, state: "missing" };
    const figures = source.figures(key);
    const { currency } = figures ?? jackpot.spec;
    if (!spec.stakes.some((stake) => stake.currency === currency)) {
      return { name, state: "currency", currency };
    }
    if (!figures) return { name, state: "notReady" };
    const state = jackpot.metadata.deletionTimestamp ? "deleting" : "bound";
    const contribution = parseFraction(figures.terms.contribution);
    return { name, state, id: figures.id, currency, contribution };
  });
}

/** Those that the Game's rounds feed. */
export function fed(jackpots: readonly NamedJackpot[]): FedJackpot[] {
  return jackpots.filter(isFed);
}

const isFed = (one: NamedJackpot): one is FedJackpot =>
  one.state === "bound" || one.state === "deleting";

/** Without those that the database would not bind: they are about to go, or to come. */
export function withoutUnbound(
  jackpots: readonly NamedJackpot[],
  unbound: readonly string[],
): NamedJackpot[] {
  return jackpots.map((one) =>
    isFed(one) && unbound.includes(one.name) ? { name: one.name, state: "notReady" } : one,
  );
}

// A longer text is a cut decimal anyway: its first decimals will do for a percentage.
const READABLE = 80;

/**
 * What the Jackpots pay back on top of the game's own return, by currency: all that a round adds to a
 * pool or its overflow comes back to players. The house's seeds come on top and are not counted.
 */
export function jackpotReturns(
  base: ProvenReturn,
  jackpots: readonly NamedJackpot[],
): JackpotReturn[] {
  const parts = new Map<string, Fraction>();
  for (const { currency, contribution } of fed(jackpots)) {
    const before = parts.get(currency);
    parts.set(currency, before ? add(before, contribution) : contribution);
  }
  const own = parseFraction(base.exact.length <= READABLE ? base.exact : base.decimal);
  return [...parts]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, part]) => ({
      currency,
      contribution: toText(part),
      total: percentOf(add(own, part)),
    }));
}
