import type { Seeds } from "../games/fairness.ts";
import {
  type FedJackpot,
  hitsOf,
  type JackpotProof,
  jackpotProofs,
} from "../games/jackpot-draws.ts";
import { fedJackpot, type StoredJackpot } from "../games/open-round.ts";
import type { Standing } from "../games/standing.ts";
import type { Row } from "./database.ts";
import type { Catalogue, JackpotWin } from "./types.ts";

/** The jackpots that a bet in this currency feeds, in the order in which SQL has them. */
export function jackpotsFor({ jackpots }: Catalogue, currency: string): FedJackpot[] {
  return jackpots.filter((jackpot) => jackpot.currency === currency).map(fedJackpot);
}

/** The columns of play_item that speak of jackpots: none where there are none. */
export function fedColumns(jackpots: readonly FedJackpot[], { hits }: Standing): object {
  if (jackpots.length === 0) return {};
  return {
    jackpots: jackpots.map(({ terms }) => terms),
    hits: hits.map((drawn) => drawn[0] ?? false),
  };
}

/** What a new round has hit; the sequencer pays it within moments. */
export function pendingWins(
  jackpots: readonly FedJackpot[],
  hits: readonly (readonly boolean[])[],
): JackpotWin[] {
  return jackpots.flatMap(({ name }, i): JackpotWin[] =>
    hits[i]?.some((hit) => hit) ? [{ name, amount: null, status: "pending" }] : [],
  );
}

interface StoredWin {
  readonly name: string;
  readonly amount: string | null;
  readonly status: JackpotWin["status"];
}

/** The wins that SQL's round_jackpot_wins tells of; it is not asked for rounds that feed no jackpot. */
export function jackpotWinsOf(stored: readonly StoredWin[] | null): JackpotWin[] {
  return (stored ?? []).map(({ name, amount, status }) => ({
    ...{ name, status },
    amount: amount === null ? null : BigInt(amount),
  }));
}

/** The draws of a stored round, for its proof: they follow from its seed and from what it debited, step by step. */
export function drawsOfRow(row: Row, seeds: Seeds): JackpotProof[] {
  const stored: readonly StoredJackpot[] = row.jackpots ?? [];
  const jackpots = stored.map(fedJackpot);
  const later: readonly { readonly debit?: string }[] = row.phases;
  const debits: bigint[] = [row.stake, ...later.flatMap(({ debit }) => debit ?? []).map(BigInt)];
  return jackpotProofs(jackpots, debits, hitsOf(seeds, jackpots, debits), row.digits);
}
