import type { Json } from "../games/game.ts";
import type { Row } from "./database.ts";
import { jackpotWinsOf } from "./jackpots.ts";
import type { RoundView } from "./types.ts";

/** The columns that `viewOfRow` reads, of `rounds r` joined with its `seed_pairs p`. */
export const roundColumns = `
  r.id, r.player, r.state, r.version, r.revision, r.nonce, r.currency, r.digits, r.stake, r.staked, r.payout, r.bet, r.actions,
  CASE WHEN r.jackpots IS NOT NULL THEN round_jackpot_wins(r.id, r.jackpot_hits) END AS jackpot_wins, r.outcome, r.legal_actions, encode(r.digest, 'hex') AS digest, r.created_at, r.settled_at, r.funds_before, r.funds_after,
  coalesce(r.client_seed, p.client_seed) AS client_seed, encode(p.server_seed_hash, 'hex') AS server_seed_hash`;

/** Legal actions as players see them: by type, without parameters. */
export function actionTypes(types: readonly string[]): { type: string }[] {
  return types.map((type) => ({ type }));
}

/** A stored round as its player may see it. */
export function viewOfRow(game: string, engine: string, row: Row): RoundView {
  return {
    id: row.id,
    game,
    engine,
    revision: row.revision,
    player: row.player,
    state: row.state,
    version: row.version,
    stake: row.staked,
    payout: row.payout,
    currency: row.currency,
    digits: row.digits,
    bet: row.bet as Json,
    outcome: row.outcome as Json,
    legalActions: actionTypes(row.legal_actions),
    jackpotWins: jackpotWinsOf(row.jackpot_wins),
    funds: { before: row.funds_before, after: row.funds_after },
    fairness: {
      serverSeedHash: row.server_seed_hash,
      clientSeed: row.client_seed,
      nonce: row.nonce,
    },
    createdAt: row.created_at,
    settledAt: row.settled_at,
  };
}
