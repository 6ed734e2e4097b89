/**
 * What the operator knows of its database. Expected failures are values (`Failure`: a name from the list
 * below and a message that says what to do); a database that cannot be reached throws `DatabaseAway`
 * (connect.ts) from any function, so that the caller has one place for it; all else throws with `cause`.
 *
 *   bootstrap.ts  bootstrap(superuser, {database, operatorPassword, lobbyPassword}): Promise<void>
 *   connect.ts    readSettings(secretData): Result<DatabaseSettings>
 *                 connect(settings, platform): Promise<Result<Database>>; db.close()
 *   migrate.ts    migrateShared(db): Promise<Result<Migrated>>
 *   provision.ts  provisionGame(db, request): Promise<Result<Provisioned>>
 *   password.ts   rotatePassword(db, game, password): Promise<Result<null>>
 *   release.ts    releaseGame(db, owner): Promise<Result<Left>>        (Retain)
 *   drop.ts       dropGame(db, owner): Promise<Result<Left>>           (Delete)
 *   catalogue.ts  saveCatalogue(db, row, jackpots): Promise<{changed, unbound}>; setState(db, game, state); setReady(db, game, ready);
 *                 retireRevisions(db, game, keep): a rollout is over, older revisions are played no more;
 *                 setDeleting(db, game): new rounds are refused from this commit on
 *   proofs.ts     saveProof(db, proof); loadProof(db, revision, engineDigest): Promise<StoredProof | null>
 *   seed-keys.ts  seedKey(db, game, platformKey): Promise<Result<Buffer>>   (32 bytes, made once)
 *   finish.ts     openRounds(db, game): Promise<number>;
 *                 finishOpenRounds(db, game, seedKey, {all: boolean}): Promise<{finished, left}>
 *   reveal.ts     revealPairs(db, game, seedKey): Promise<number>
 *   observed.ts   observed(db, game): Promise<Observed[]>           (one for each currency)
 *   return-breaches.ts  openBreaches(db, game); recordBreach(db, owner, breach, noted): Promise<boolean>;
 *                 acknowledgeBreaches(db, game, note): Promise<number>
 *   jackpots.ts   saveJackpot(db, wish): Promise<Saved>; jackpotFigures(db, one?); bindJackpots(client, game, names);
 *                 decommissionJackpot(db, name, transferTo): Promise<Decommission>
 *   lobby.ts      provisionLobby(db, {password, connectionLimit}): Promise<void>
 *   chain.ts      migrateChain(db, password?): Promise<Result<Migrated>>    (schema and role of the chains' agents)
 *   chain-catalogue.ts  saveChain(db, row); setChainReady(db, owner, ready); openWithdrawals(db, owner); removeChain(db, owner)
 *   housekeeping.ts  housekeeping(db): Promise<void>                (partitions ahead, sums folded)
 */
import type { Pool } from "pg";
import type { Json } from "../../games/game.ts";

/** Every failure that an operator's user can be told of. */
export type Problem =
  | "SecretIncomplete"
  | "Unreachable"
  | "AuthenticationFailed"
  | "CertificateRefused"
  | "DatabaseMissing"
  | "RightsMissing"
  | "MigrationFailed"
  | "MigrationLocked"
  | "SchemaNewer"
  | "NameTaken"
  | "AdoptionRequired"
  | "ConnectionBudget"
  | "PlatformKeyMismatch";

export interface Failure {
  readonly problem: Problem;
  /** One sentence for a person: what is wrong and what to do next. */
  readonly message: string;
}

export type Result<T> = { readonly ok: T } | Failure;

export interface DatabaseSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** PEM; with it the server's certificate and name are verified. */
  readonly ca?: string;
}

/** What one Pitboss installation is allowed in this database. */
export interface PlatformLimits {
  /** Recorded with every schema, so that two platforms never take each other's. */
  readonly platform: string;
  /** Connections that all games together may hold. */
  readonly connections: number;
}

export interface Database {
  readonly pool: Pool;
  readonly settings: DatabaseSettings;
  readonly limits: PlatformLimits;
  /** The folder of the migrations: `pitboss/` and `game/`. */
  readonly migrations: URL;
  close(): Promise<void>;
}

/** A Game as the cluster knows it. */
export interface Owner {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface ProvisionRequest extends Owner {
  readonly password: string;
  /** CONNECTION LIMIT of the game's role. */
  readonly connectionLimit: number;
  /** The value of `pitboss.dev/adopt`: the UID whose schema this Game may take over. */
  readonly adopt?: string;
  /** Whether the recorded owner still exists in the cluster; absent, an owner that was not released does. */
  readonly ownerLives?: (owner: Owner) => boolean;
}

export interface Migrated {
  /** Every migration that the schema now has, in order. */
  readonly migrations: readonly string[];
  /** Those that this call ran. */
  readonly ran: readonly string[];
}

export interface Provisioned extends Migrated {
  readonly schema: string;
  readonly role: string;
  /** The UID that owned the schema before, where this call took it over. */
  readonly adopted: string | null;
}

/** What became of a schema when its Game was deleted; a schema of another owner is left alone. */
export type Left = "released" | "dropped" | "not-owner";

export type GameState = "Active" | "Draining" | "Suspended";

/** Amounts are minor units in decimal. */
export interface CatalogueStakes {
  readonly currency: string;
  readonly digits: number;
  readonly min: string;
  readonly max: string;
  readonly step: string;
  readonly maxPayout: string;
}

/** The game's row in pitboss.games: what the lobby lists and what the rounds' SQL checks. */
export interface CatalogueRow {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly title: string;
  readonly revision: string;
  readonly config: Json;
  readonly state: GameState;
  readonly stakes: readonly CatalogueStakes[];
  readonly openTimeoutSeconds: number;
  readonly returns: Json;
  readonly path: string;
  readonly ready: boolean;
  /** Where new seed pairs take their entropy: a Chain as namespace/name; none where it is absent. */
  readonly entropy?: { readonly chain: string; readonly onChainDown: "Continue" | "Stop" };
}

export interface StoredProof {
  readonly revision: string;
  readonly engine: string;
  readonly engineVersion: string;
  /** With its defaults. */
  readonly config: Json;
  /** Digest of the engine's code that proved it; another code proves again. */
  readonly engineDigest: string;
  /** A fraction as text, "n/d". */
  readonly maxMultiplier: string;
  readonly proof: Json;
}

/** What a game really paid, against what its mathematics say; minor units, z in standard errors. */
export interface Observed {
  readonly currency: string;
  readonly rounds: bigint;
  readonly staked: bigint;
  readonly paid: bigint;
  /** null until there are enough rounds to say anything. */
  readonly z: number | null;
  readonly openRounds: number;
  readonly judged: JudgedPlay;
}

/**
 * What the return monitor judges: sums over the rounds that have settled since the last acknowledged breach, in minor
 * units. Where they are statistics they are floats.
 */
export interface JudgedPlay {
  readonly rounds: bigint;
  readonly staked: bigint;
  readonly paid: bigint;
  /** What rounds paid beyond their exact expectation, and its squares. */
  readonly deviation: number;
  readonly squares: number;
  /** The most by which any round so far, open or settled, could have fallen short of its expectation, and exceeded it. */
  readonly largestRisk: number;
  readonly largestWin: number;
  /** What rounds that are still open can fall short and win, together. */
  readonly openRisk: number;
  readonly openWin: number;
}

export type ReturnSide = "paysTooMuch" | "paysTooLittle";

/** Play that strayed further from the proven return than chance allows; it stands until a person acknowledges it. */
export interface ReturnBreach {
  readonly currency: string;
  readonly side: ReturnSide;
  /** The rounds that were judged, and what they staked and were paid, in minor units. */
  readonly rounds: bigint;
  readonly staked: bigint;
  readonly paid: bigint;
  /** What they paid beyond their expectation, and what chance allows for; whole minor units. */
  readonly deviation: bigint;
  readonly allowed: bigint;
}
