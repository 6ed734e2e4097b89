import type { ChainEntropy } from "./chain-entropy.ts";
import { type Fraction, floor, fraction, mul, sub, toDecimal } from "./fraction.ts";
import type { Json, Tally } from "./game.ts";
import { type FedJackpot, hitsOf, jackpotProofs } from "./jackpot-draws.ts";
import { moneyOf } from "./money.ts";
import { type Compiled, debitsOf, payout, type RecordedAction, type Replay } from "./play.ts";
import { type ClientSeedBy, settlementDigest } from "./proof.ts";
import { type Seeds, stream } from "./seed-stream.ts";

/** What a round is played from; all of it can be stored but the server seed, which is stored sealed. */
export interface RoundSource {
  readonly round: string;
  readonly game: string;
  readonly compiled: Compiled;
  readonly serverSeed: Buffer;
  readonly clientSeed: string;
  readonly clientSeedBy: ClientSeedBy;
  readonly nonce: number;
  /** What its pair takes from a chain, if anything. */
  readonly entropy: ChainEntropy | null;
  readonly bet: Json;
  readonly stake: bigint;
  readonly currency: string;
  readonly digits: number;
  /** Those that its debits feed. */
  readonly jackpots: readonly FedJackpot[];
}

/** A round as it stands after its actions: the columns that SQL records. */
export interface Standing {
  readonly over: boolean;
  readonly staked: bigint;
  /** Null while the round is open, as the digest is. */
  readonly payout: bigint | null;
  readonly digest: string | null;
  readonly outcome: Json;
  readonly legalActions: readonly string[];
  /**
   * In minor units, decimals: what the bet is worth, less what rounding took where the round is over, and what
   * the decisions gave away. So payout − added stakes − expected + regret is nothing but luck.
   */
  readonly expected: string;
  readonly regret: string;
  /** What each debit drew for each jackpot. */
  readonly hits: readonly (readonly boolean[])[];
}

/** Decimals to which the return monitor's sums are kept. */
const monitorDigits = 6;

function inMinorUnits(amount: Fraction): string {
  return toDecimal(amount, monitorDigits);
}

/**
 * What a bet is expected to pay, less what rounding took from this payout: whole minor units in place of the exact
 * payout would look like a game that pays too little, for ever.
 */
function expectedOf({ compiled, bet, stake }: RoundSource, tally: Tally, paid: bigint | null) {
  const worth = mul(fraction(stake), compiled.engine.expected(compiled.prepared, bet));
  if (paid === null) return worth;
  return sub(worth, sub(mul(fraction(stake), tally.payout), fraction(paid)));
}

function stakedOf(stake: bigint, tally: Tally): bigint {
  return floor(mul(fraction(stake), tally.staked));
}

export function drawsOf(source: RoundSource) {
  return stream(seedsOf(source));
}

function seedsOf({ serverSeed, clientSeed, nonce, entropy }: RoundSource): Seeds {
  return { serverSeed, clientSeed, nonce, ...(entropy ? { entropy: entropy.entropy } : {}) };
}

/** Turns what the engine made of a round into what is recorded; a settled one gets its digest. */
export function standingOf(
  source: RoundSource,
  actions: readonly RecordedAction[],
  replay: Replay,
): Standing {
  const { stake, digits } = source;
  const { over, tally, legalActions } = replay;
  const outcome = replay.outcome(moneyOf(stake, digits));
  const staked = stakedOf(stake, tally);
  const paid = over ? payout(stake, tally) : null;
  const debits = source.jackpots.length === 0 ? [] : debitsOf(stake, replay.staked);
  const hits = hitsOf(seedsOf(source), source.jackpots, debits);
  const jackpots = jackpotProofs(source.jackpots, debits, hits, digits);
  const settled = { ...source, staked, actions, outcome, jackpots };
  const digest = paid === null ? null : settlementDigest({ ...settled, payout: paid });
  return {
    ...{ over, staked, payout: paid, digest, outcome, legalActions, hits },
    expected: inMinorUnits(expectedOf(source, tally, paid)),
    regret: inMinorUnits(mul(fraction(stake), replay.regret)),
  };
}
