/**
 * What the HTTP layer and the money layer say to each other.
 *
 * Money is bigint minor units of a currency, never a float. Expected failures are values with a name
 * (`Refusal`); what is thrown is either `DatabaseAway` or a fault of ours.
 */

import type { PairChain } from "../games/chain-entropy.ts";
import type { Engine, Json, StakeTerms } from "../games/game.ts";
import type { StoredJackpot } from "../games/open-round.ts";
import type { ClientSeedBy } from "../games/proof.ts";
import type { AgentSettings } from "./agents.ts";
import type { PlayRecord } from "./play-record.ts";

/** Every way in which the money layer says no. The HTTP layer's error table has an entry for each. */
export type RefusalCode =
  | "client_seed_used"
  | "entropy_pending"
  | "game_draining"
  | "game_suspended"
  | "idempotency_mismatch"
  | "illegal_action"
  | "insufficient_funds"
  | "invalid_bet"
  | "invalid_client_seed"
  | "invalid_cursor"
  | "jackpots_changed" // 503: the game's jackpots have just changed; ask again
  | "not_found"
  | "payout_limit" // 429: the game paid out its limit of this minute
  | "revision_retired" // 503: this pod's revision is no longer played; another pod answers
  | "round_open"
  | "round_settled"
  | "round_voided"
  | "rounds_open"
  | "seed_active"
  | "seed_rotated"
  | "stake_limits"
  | "stake_over_exposure"
  | "version_conflict";

export interface Refusal {
  readonly refused: RefusalCode;
  /** For people: what to do about it. Never holds anything of an outcome or a seed. */
  readonly detail?: string;
  /** JSON pointer into the request's body. */
  readonly pointer?: string;
  /** The round that stands in the way (`round_open`, `rounds_open`, `version_conflict`). */
  readonly round?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

export type RoundState = "open" | "settled" | "voided";

/** A jackpot that a round won; it is paid within moments. */
export interface JackpotWin {
  readonly name: string;
  /** Null while it is pending. */
  readonly amount: bigint | null;
  readonly status: "pending" | "paid";
}

/** The player's balance just before the first debit, and after the latest debit or credit, in minor units. */
export interface Funds {
  readonly before: bigint;
  readonly after: bigint;
}

/** A round as its player may see it. */
export interface RoundView {
  readonly id: string;
  readonly game: string;
  readonly engine: string;
  readonly revision: string;
  readonly player: string;
  readonly state: RoundState;
  readonly version: number;
  /** All that was debited so far. */
  readonly stake: bigint;
  /** Null while the round is open. */
  readonly payout: bigint | null;
  readonly currency: string;
  /** Decimal digits of the currency: how `stake` and `payout` are written. */
  readonly digits: number;
  readonly bet: Json;
  readonly outcome: Json;
  readonly legalActions: readonly { readonly type: string }[];
  readonly jackpotWins: readonly JackpotWin[];
  readonly funds: Funds;
  readonly fairness: {
    readonly serverSeedHash: string;
    readonly clientSeed: string;
    readonly nonce: number;
  };
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface PlaceRequest {
  readonly player: string;
  readonly key: string;
  /** SHA-256 of the canonical {route, body}. */
  readonly requestHash: Buffer;
  readonly currency: string;
  readonly stake: bigint;
  readonly bet: Json;
  readonly clientSeed?: string;
  readonly serverSeedHash?: string;
}

export interface ActRequest {
  readonly player: string;
  readonly round: string;
  readonly key: string;
  readonly requestHash: Buffer;
  /** The version that the player saw. */
  readonly version: number;
  readonly action: Json;
}

export interface ListRequest {
  readonly state?: RoundState;
  readonly limit: number;
  readonly cursor?: string;
}

export interface RoundPage {
  readonly items: readonly RoundView[];
  readonly next: string | null;
}

/** Which rounds an export holds: oldest first, begun in [from, to), after the round `after`. */
export interface ExportRequest {
  /** All players' where it is absent. */
  readonly player?: string;
  readonly from: Date;
  readonly to: Date;
  readonly after?: string;
  readonly limit: number;
}

/** The play records of GLI-19 2.8.2, as they are stored. */
export interface Records {
  /** Of this player's rounds, or, where `player` is undefined, of anybody's. */
  get(player: string | undefined, id: string): Promise<PlayRecord | Refusal>;
  /** In pages, each of them read when it is asked for. */
  pages(request: ExportRequest): AsyncIterable<readonly PlayRecord[]>;
}

export interface Rounds {
  /** Plays one round. The key is looked up before anything else is checked. */
  place(
    request: PlaceRequest,
  ): Promise<{ readonly created: RoundView } | { readonly replayed: RoundView } | Refusal>;
  /** Takes the next action of an open round, at the version that the player saw. */
  act(request: ActRequest): Promise<{ readonly round: RoundView } | Refusal>;
  get(player: string, id: string): Promise<RoundView | Refusal>;
  /** Newest first. */
  list(player: string, request: ListRequest): Promise<RoundPage | Refusal>;
  /** The proof of a round that was settled, voided later or not, once its server seed is revealed. */
  proof(player: string, id: string): Promise<Json | Refusal>;
}

/** Where a game's new pairs take their entropy. */
export interface EntropyTerms {
  readonly chain: string;
  readonly onChainDown: "Continue" | "Stop";
}

/** A player's seed pair as `GET …/fairness` shows it. `nonce` is that of the next round. */
export interface PairView {
  readonly serverSeedHash: string;
  readonly nextServerSeedHash: string;
  readonly clientSeed: string;
  readonly clientSeedBy: ClientSeedBy;
  readonly nonce: number;
  /** Null where its draws take nothing from a chain. */
  readonly chain: PairChain | null;
  readonly nextChain: PairChain | null;
}

export interface RevealedSeed {
  /** Lower-case hex: the pair is over, so this is public now. */
  readonly serverSeed: string;
  readonly serverSeedHash: string;
  readonly clientSeed: string;
}

export interface SeedPairs {
  /** The player's pair; the first call commits it. */
  current(player: string): Promise<PairView>;
  rotate(
    player: string,
    clientSeed: string,
  ): Promise<(PairView & { readonly revealed: RevealedSeed }) | Refusal>;
}

export type GameState = "Active" | "Draining" | "Suspended";

/** The game's row of the catalogue, as the operator wrote it. */
export interface Catalogue {
  readonly name: string;
  readonly namespace: string;
  readonly title: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly revision: string;
  readonly config: Json;
  readonly state: GameState;
  readonly stakes: readonly StakeTerms[];
  readonly openTimeoutSeconds: number;
  readonly path: string;
  readonly ready: boolean;
  readonly deleting: boolean;
  /** Those that its rounds feed, in the order of their terms. */
  readonly jackpots: readonly StoredJackpot[];
  readonly entropy: EntropyTerms | null;
}

/** The part of a pino logger that the money layer uses. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Called as things happen; the HTTP layer turns them into metrics. None may throw. */
export interface Hooks {
  /** An answered `place`: "created", "replayed" or the refusal's code. */
  placed?(result: string): void;
  /** A settled round, by its player's last action or by the default action. */
  settled?(currency: string, staked: bigint, payout: bigint, by: "player" | "default"): void;
  /** One SQL call of `size` rounds took `seconds`. */
  batch?(size: number, seconds: number): void;
  /** New rounds are refused because the game paid out its limit of this minute: an alarm. */
  payoutLimited?(currency: string): void;
  /** What a seed pair got of a chain, or that the chain gives nothing now. */
  entropy?(result: "reserved" | "final" | "waived" | "down"): void;
  /** The database went away or came back. */
  database?(up: boolean): void;
}

export interface GameOptions {
  readonly game: string;
  readonly engine: Engine;
  /** With its defaults filled in, as the revision file holds it. */
  readonly config: Json;
  readonly revision: string;
  /** The mounted Secret: files host, port, database, user, password, perhaps ca.crt. */
  readonly databaseDirectory: string;
  /** Connections for rounds; one more listens for changes of the catalogue. */
  readonly connections: number;
  /** 32 bytes that seal the server seeds of this game. */
  readonly seedKey: Buffer;
  /** Where Chains are asked for entropy; without it no seed pair of a chain can be played. */
  readonly agents?: AgentSettings;
  readonly pod: string;
  readonly logger: Logger;
  readonly hooks?: Hooks;
  /** How often expired rounds are looked for. */
  readonly sweepSeconds?: number;
}

/** A revision that rounds of this game were played by; the returns are exact, by bet, as JSON text. */
export interface RecordedRevision {
  readonly engine: string;
  readonly engineVersion: string;
  readonly config: Json;
  readonly provenAt: Date;
  readonly returns: string;
}

export interface OpenGame {
  readonly rounds: Rounds;
  readonly records: Records;
  /** Null where the game has no round of it and does not play it. */
  revision(revision: string): Promise<RecordedRevision | null>;
  readonly pairs: SeedPairs;
  /** As it was last read: a change reaches it within moments, and SQL checks it again at each round. */
  catalogue(): Catalogue;
  /** The exact returns of this revision by bet, as JSON text. */
  returns(): Promise<string>;
  /** The database answered the last call to it and the catalogue is known. */
  ready(): boolean;
  /** For metrics: the connections for rounds, and the calls that wait for one. */
  connections(): { totalCount: number; idleCount: number; waitingCount: number };
  /** For metrics: all open rounds of the game. */
  openRounds(): Promise<number>;
  /** Finishes the rounds that are open past their time; returns how many. Runs by itself too. */
  sweep(): Promise<number>;
  /** Waits for what is in flight, then closes every connection. */
  stop(): Promise<void>;
}
