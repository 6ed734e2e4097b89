import { entropyOf, type PairChain } from "./chain-entropy.ts";
import type { Json } from "./game.ts";
import type { FedJackpot } from "./jackpot-draws.ts";
import { type Compiled, finish, type RecordedAction } from "./play.ts";
import type { ClientSeedBy } from "./proof.ts";
import { drawsOf, type RoundSource, type Standing, standingOf } from "./standing.ts";

/** An open round as SQL's open_round_json gives it: what the runtime and the operator go on with. */
export interface OpenRound {
  readonly id: string;
  readonly player: string;
  readonly version: number;
  readonly revision: string;
  readonly pair: string;
  /** The server seed under the game's seed key, hex. */
  readonly sealed: string;
  readonly clientSeed: string;
  readonly clientSeedBy: ClientSeedBy;
  readonly nonce: number;
  readonly chain: PairChain | null;
  readonly currency: string;
  readonly digits: number;
  /** The first debit, and all of them, in minor units. */
  readonly stake: string;
  readonly staked: string;
  readonly bet: Json;
  readonly actions: readonly RecordedAction[];
  readonly jackpots: readonly StoredJackpot[];
  /** For how long it has been open, by the database's clock. */
  readonly openMs: number;
}

/** A jackpot's terms as SQL's jackpot_terms_json gives them; amounts in minor units. */
export interface StoredJackpot {
  readonly terms: string;
  readonly namespace: string;
  readonly name: string;
  readonly currency: string;
  readonly digits: number;
  readonly oneIn: string | null;
  readonly per: string | null;
  /** As crds/jackpot-terms.ts reads them from the object: seed, ceiling, contribution, overflowShare and the trigger. */
  readonly body: { readonly [field: string]: string };
}

/** What a round draws by. */
export function fedJackpot({ terms, namespace, name, oneIn, per }: StoredJackpot): FedJackpot {
  const amount = (text: string | null) => (text === null ? null : BigInt(text));
  return { terms, namespace, name, oneIn: amount(oneIn), per: amount(per) };
}

/** What the round is played from, once its server seed is open. */
export function sourceOf(
  game: string,
  compiled: Compiled,
  serverSeed: Buffer,
  round: OpenRound,
): RoundSource {
  const { id, clientSeed, clientSeedBy, nonce, bet, stake, currency, digits } = round;
  return {
    ...{ round: id, game, compiled, serverSeed, clientSeed, clientSeedBy, nonce },
    entropy: entropyOf(round.chain),
    ...{ bet, stake: BigInt(stake), currency, digits, jackpots: round.jackpots.map(fedJackpot) },
  };
}

/** How an abandoned round ends: the engine's default actions, and where they leave it. */
export function endingOf(
  source: RoundSource,
  round: OpenRound,
): { standing: Standing; actions: RecordedAction[] } {
  const end = finish(source.compiled, round.bet, round.actions, drawsOf(source));
  const actions = end.added.map((action, i): RecordedAction => {
    return { ...action, version: round.version + i, by: "default" };
  });
  return { standing: standingOf(source, [...round.actions, ...actions], end), actions };
}

/** What SQL's `act` records of a round that moved on. */
export function recordOf(
  round: OpenRound,
  standing: Standing,
  actions: readonly RecordedAction[],
): { [field: string]: Json } {
  const { staked, payout, digest, outcome, legalActions, expected, regret, hits } = standing;
  const debit = staked - BigInt(round.staked);
  return {
    ...{ player: round.player, round: round.id, version: round.version },
    ...{ actions: [...actions] as Json[], debit: String(debit), outcome },
    hits: debit === 0n ? null : hits.map((drawn) => drawn.at(-1) ?? false),
    ...{ legal_actions: [...legalActions], digest, expected, regret },
    payout: payout === null ? null : String(payout),
  };
}
