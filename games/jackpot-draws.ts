// A jackpot's draws in a round: each debit draws once, along a stream of the jackpot's own (docs/fairness.md).
import { fraction } from "./fraction.ts";
import { formatAmount } from "./money.ts";
import { type Seeds, stream } from "./seed-stream.ts";

/** A jackpot that a round feeds, by the terms in force when the round began. */
export interface FedJackpot {
  /** Names the terms in the database. */
  readonly terms: string;
  readonly namespace: string;
  readonly name: string;
  /** Where debits draw: a stake of `per` minor units hits once in `oneIn`. */
  readonly oneIn: bigint | null;
  readonly per: bigint | null;
}

/** A jackpot's part of a round's proof (docs/fairness.md). */
export type JackpotProof = {
  readonly namespace: string;
  readonly name: string;
  readonly per: string;
  readonly oneIn: string;
  readonly debits: string[];
  readonly hits: boolean[];
};

/** Whether each debit hits. One of per × oneIn or more always does, and takes nothing from the stream. */
export function drawHits(
  seeds: Seeds,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { oneIn, per }: { readonly oneIn: bigint; readonly per: bigint },
  debits: readonly bigint[],
): boolean[] {
  const draws = stream(seeds, `jackpot/${namespace}/${name}:`);
  const sure = per * oneIn;
  return debits.map((debit) => {
    if (debit >= sure) return true;
    const chance = fraction(debit, sure);
    return draws.belowBig(chance.d) < chance.n;
  });
}

/** What a round's debits draw for each of its jackpots: those without draws never hit. */
export function hitsOf(
  seeds: Seeds,
  jackpots: readonly FedJackpot[],
  debits: readonly bigint[],
): boolean[][] {
  return jackpots.map((jackpot) => {
    const { oneIn, per } = jackpot;
    if (oneIn === null || per === null) return debits.map(() => false);
    return drawHits(seeds, jackpot, { oneIn, per }, debits);
  });
}

/** What a round's proof says of its jackpots: of those with draws, all of the draws. */
export function jackpotProofs(
  jackpots: readonly FedJackpot[],
  debits: readonly bigint[],
  hits: readonly (readonly boolean[])[],
  digits: number,
): JackpotProof[] {
  return jackpots.flatMap(({ namespace, name, oneIn, per }, i) => {
    if (oneIn === null || per === null) return [];
    const odds = { per: formatAmount(per, digits), oneIn: String(oneIn) };
    const amounts = debits.map((debit) => formatAmount(debit, digits));
    return [{ namespace, name, ...odds, debits: amounts, hits: [...(hits[i] ?? [])] }];
  });
}
