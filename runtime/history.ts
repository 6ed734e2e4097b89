import { entropyOf } from "../games/chain-entropy.ts";
import type { Json } from "../games/game.ts";
import { proofOf } from "../games/proof.ts";
import type { Database, Row } from "./database.ts";
import { drawsOfRow } from "./jackpots.ts";
import type { Revisions } from "./revisions.ts";
import { roundColumns, viewOfRow } from "./round-row.ts";
import type { GamePairs } from "./seed-pairs.ts";
import type { ListRequest, Refusal, RoundPage, RoundView } from "./types.ts";
import { isUuid } from "./uuid.ts";

const joined = "FROM rounds r JOIN seed_pairs p ON p.id = r.pair";

const getRound = {
  name: "get_round",
  text: `SELECT ${roundColumns} ${joined} WHERE r.id = $2 AND r.player = $1`,
};

const listRounds = {
  name: "list_rounds",
  text: `SELECT ${roundColumns} ${joined}
    WHERE r.player = $1 AND ($2::text IS NULL OR r.state = $2) AND ($3::uuid IS NULL OR r.id < $3)
    ORDER BY r.id DESC LIMIT $4`,
};

const listOpen = {
  name: "list_open_rounds",
  text: `SELECT ${roundColumns} ${joined} JOIN open_rounds o ON o.round = r.id
    WHERE o.player = $1 AND ($2::uuid IS NULL OR r.id < $2) LIMIT $3`,
};

const getProof = {
  name: "get_proof",
  text: `SELECT ${roundColumns}, p.id AS pair, p.state AS pair_state, encode(p.sealed, 'hex') AS sealed, p.server_seed,
      CASE WHEN r.client_seed IS NULL THEN p.client_seed_by ELSE 'player' END AS client_seed_by,
      CASE WHEN r.jackpots IS NOT NULL THEN jackpot_terms_json(r.jackpots) END AS jackpots, r.phases,
      p.chain, p.network, p.height, p.insecure, p.entropy
    ${joined} WHERE r.id = $2 AND r.player = $1`,
};

/** The answer for a round that is not there, or is somebody else's. */
export const noRound: Refusal = {
  refused: "not_found",
  detail: "You have no such round in this game.",
};

/** A digest is of a round that was settled, and so is a proof. */
const noProof: Refusal = {
  refused: "round_voided",
  detail:
    "The round was voided before it was settled: it has no end to prove. Rotate the seed pair to see what it was played from.",
};

export interface HistoryOptions {
  readonly game: string;
  readonly engine: string;
  readonly db: Database;
  readonly revisions: Revisions;
  readonly pairs: GamePairs;
}

/** A player's own rounds, as they are stored. */
export class History {
  readonly #o: HistoryOptions;

  constructor(options: HistoryOptions) {
    this.#o = options;
  }

  async get(player: string, id: string): Promise<RoundView | Refusal> {
    if (!isUuid(id)) return noRound;
    const [row] = await this.#o.db.query(getRound, [player, id]);
    return row === undefined ? noRound : this.#view(row);
  }

  /** A round that a key of this player names. */
  async own(player: string, id: string): Promise<RoundView> {
    const round = await this.get(player, id);
    if ("refused" in round) throw new Error(`a key names round ${id}, which is not there`);
    return round;
  }

  async list(player: string, { state, limit, cursor }: ListRequest): Promise<RoundPage | Refusal> {
    if (cursor !== undefined && !isUuid(cursor)) {
      return { refused: "invalid_cursor", detail: "The cursor is not the `next` of a page." };
    }
    const before = cursor ?? null;
    // One more than asked tells whether there is a next page.
    const rows =
      state === "open"
        ? await this.#o.db.query(listOpen, [player, before, limit + 1])
        : await this.#o.db.query(listRounds, [player, state ?? null, before, limit + 1]);
    const items = rows.slice(0, limit).map((row) => this.#view(row));
    return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async proof(player: string, id: string): Promise<Json | Refusal> {
    if (!isUuid(id)) return noRound;
    return this.#o.db.session(async (session) => {
      const [row] = await session.query(getProof, [player, id]);
      if (row === undefined) return noRound;
      if (row.state === "voided" && row.digest === null) return noProof;
      if (row.pair_state !== "revealed" || row.digest === null) {
        const detail = "Rotate the seed pair to have its server seed revealed.";
        return { refused: "seed_active", detail };
      }
      const compiled = await this.#o.revisions.get(session, row.revision);
      return proofOf({ ...this.#settled(row), compiled }, row.digest);
    });
  }

  #settled(row: Row) {
    const serverSeed: Buffer = row.server_seed ?? this.#o.pairs.open(row);
    return {
      ...{ round: row.id, game: this.#o.game, nonce: row.nonce, bet: row.bet, serverSeed },
      jackpots: drawsOfRow(row, {
        ...{ serverSeed, clientSeed: row.client_seed, nonce: row.nonce },
        ...(row.entropy === null ? {} : { entropy: row.entropy }),
      }),
      // The row has the fields of a pair's chain.
      entropy: entropyOf(row.chain === null ? null : row),
      ...{ clientSeed: row.client_seed, clientSeedBy: row.client_seed_by },
      ...{ stake: row.stake, staked: row.staked, payout: row.payout },
      ...{ currency: row.currency, digits: row.digits },
      ...{ actions: row.actions, outcome: row.outcome },
    };
  }

  #view(row: Row): RoundView {
    return viewOfRow(this.#o.game, this.#o.engine, row);
  }
}
