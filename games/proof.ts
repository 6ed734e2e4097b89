import type { ChainEntropy } from "./chain-entropy.ts";
import { proofDigest, serverSeedHash } from "./fairness.ts";
import type { Json } from "./game.ts";
import type { JackpotProof } from "./jackpot-draws.ts";
import { formatAmount } from "./money.ts";
import type { Compiled, RecordedAction } from "./play.ts";

/** Who chose the client seed of a pair. */
export type ClientSeedBy = "player" | "house";

/** A settled round, with the seed that its pair kept secret until it was rotated. */
export interface SettledRound {
  readonly round: string;
  readonly game: string;
  readonly compiled: Compiled;
  readonly serverSeed: Buffer;
  readonly clientSeed: string;
  readonly clientSeedBy: ClientSeedBy;
  readonly nonce: number;
  /** Null where the draws took nothing from a chain: the proof shows it by having neither entropy nor chain. */
  readonly entropy: ChainEntropy | null;
  readonly bet: Json;
  /** The first debit, and all of them. */
  readonly stake: bigint;
  readonly staked: bigint;
  readonly payout: bigint;
  readonly currency: string;
  readonly digits: number;
  readonly actions: readonly RecordedAction[];
  readonly outcome: Json;
  readonly jackpots: readonly JackpotProof[];
}

type ProofBody = { [field: string]: Json };

function bodyOf(settled: SettledRound): ProofBody {
  const { compiled, serverSeed, digits } = settled;
  return {
    engine: compiled.engine.name,
    engineVersion: compiled.engine.version,
    revision: compiled.revision,
    config: compiled.config,
    round: settled.round,
    game: settled.game,
    serverSeed: serverSeed.toString("hex"),
    serverSeedHash: serverSeedHash(serverSeed),
    clientSeed: settled.clientSeed,
    clientSeedBy: settled.clientSeedBy,
    nonce: settled.nonce,
    ...chainPart(settled.entropy),
    bet: settled.bet,
    stake: formatAmount(settled.stake, digits),
    totalStake: formatAmount(settled.staked, digits),
    currency: settled.currency,
    digits,
    actions: [...settled.actions] as Json[],
    outcome: settled.outcome,
    payout: formatAmount(settled.payout, digits),
    jackpots: [...settled.jackpots],
  };
}

function chainPart(mixed: ChainEntropy | null): ProofBody {
  if (mixed === null) return {};
  const { entropy, chain, network, height, insecure } = mixed;
  return { entropy, chain: { chain, network, height, insecure } };
}

/** The digest of the round's proof: fixed when it is settled, long before the proof may be shown. */
export function settlementDigest(settled: SettledRound): string {
  return proofDigest(bodyOf(settled));
}

/** The proof as verifiers read it. The digest is the one stored at settlement: it shows what was changed since. */
export function proofOf(settled: SettledRound, digest: string): Json {
  return { ...bodyOf(settled), digest };
}
