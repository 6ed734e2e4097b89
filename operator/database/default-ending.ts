import { proofDigest, serverSeedHash, stream } from "../../games/fairness.ts";
import { type Fraction, floor, fraction, mul, toDecimal } from "../../games/fraction.ts";
import type { Json } from "../../games/game.ts";
import { formatAmount } from "../../games/money.ts";
import { type Compiled, finish, payout, type RecordedAction } from "../../games/play.ts";

/** An open round as the SQL function open_round_json gives it. */
export interface OpenRound {
  readonly id: string;
  readonly player: string;
  readonly version: number;
  readonly revision: string;
  readonly pair: string;
  /** Hex. */
  readonly sealed: string;
  readonly clientSeed: string;
  readonly clientSeedBy: "player" | "house";
  readonly nonce: number;
  readonly currency: string;
  readonly digits: number;
  /** The first debit, and all of them. */
  readonly stake: string;
  readonly staked: string;
  readonly bet: Json;
  readonly actions: readonly RecordedAction[];
}

/** Decimals to which the return monitor's sums are kept. */
const MONITOR_DIGITS = 6;

/**
 * How an abandoned round ends: what the SQL function `act` records. It is what the game's own runtime would have
 * recorded, byte for byte (runtime/round-play.ts and proof.ts); a test compares the two.
 */
export function defaultEnding(
  game: string,
  compiled: Compiled,
  serverSeed: Buffer,
  round: OpenRound,
): { [field: string]: Json } {
  const { clientSeed, nonce, bet, player, version } = round;
  const end = finish(compiled, bet, round.actions, stream({ serverSeed, clientSeed, nonce }));
  const added = end.added.map((action, i): RecordedAction => {
    return { ...action, version: version + i, by: "default" };
  });
  const stake = BigInt(round.stake);
  const staked = floor(mul(fraction(stake), end.tally.staked));
  const paid = payout(stake, end.tally);
  const actions = [...round.actions, ...added];
  const settled = { staked, paid, actions, outcome: end.outcome };
  const worth = compiled.engine.expected(compiled.prepared, bet);
  return {
    ...{ player, round: round.id, version, actions: added as Json[] },
    debit: String(staked - BigInt(round.staked)),
    outcome: end.outcome,
    legal_actions: [],
    payout: String(paid),
    digest: digestOf(game, compiled, serverSeed, round, settled),
    expected: inMinorUnits(stake, worth),
    regret: inMinorUnits(stake, end.regret),
  };
}

interface Settled {
  readonly staked: bigint;
  readonly paid: bigint;
  readonly actions: readonly RecordedAction[];
  readonly outcome: Json;
}

/** Of the proof of docs/fairness.md, fixed now and shown once the seed is. */
function digestOf(
  game: string,
  compiled: Compiled,
  serverSeed: Buffer,
  round: OpenRound,
  settled: Settled,
): string {
  const { clientSeed, clientSeedBy, nonce, bet, currency, digits } = round;
  return proofDigest({
    engine: compiled.engine.name,
    engineVersion: compiled.engine.version,
    revision: compiled.revision,
    config: compiled.config,
    ...{ round: round.id, game },
    serverSeed: serverSeed.toString("hex"),
    serverSeedHash: serverSeedHash(serverSeed),
    ...{ clientSeed, clientSeedBy, nonce, bet },
    stake: formatAmount(BigInt(round.stake), digits),
    totalStake: formatAmount(settled.staked, digits),
    ...{ currency, digits },
    actions: [...settled.actions] as Json[],
    outcome: settled.outcome,
    payout: formatAmount(settled.paid, digits),
    jackpots: [],
  });
}

function inMinorUnits(stake: bigint, share: Fraction): string {
  return toDecimal(mul(fraction(stake), share), MONITOR_DIGITS);
}
