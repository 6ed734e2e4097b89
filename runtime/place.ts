import { entropyOf, waitsForChain } from "../games/chain-entropy.ts";
import { endsAfterMs, exposure, replay } from "../games/play.ts";
import { drawsOf, type RoundSource, type Standing, standingOf } from "../games/standing.ts";
import { Batcher } from "./batch.ts";
import type { Catalogues } from "./catalogue.ts";
import type { Database, Row, Session } from "./database.ts";
import { type Endings, settleAfterMs } from "./endings.ts";
import type { History } from "./history.ts";
import { fedColumns, jackpotsFor, pendingWins } from "./jackpots.ts";
import { faultOf, refusalOf } from "./place-checks.ts";
import type { Revisions } from "./revisions.ts";
import { actionTypes } from "./round-row.ts";
import type { GamePairs, Pair } from "./seed-pairs.ts";
import type { Turns } from "./turns.ts";
import type { Hooks, PlaceRequest, Refusal, RoundView } from "./types.ts";
import { uuidv7 } from "./uuid.ts";

export type Placed = { readonly created: RoundView } | { readonly replayed: RoundView } | Refusal;

export interface PlacingOptions {
  readonly game: string;
  readonly db: Database;
  readonly connections: number;
  readonly catalogue: Catalogues;
  readonly revisions: Revisions;
  readonly pairs: GamePairs;
  readonly history: History;
  readonly turns: Turns;
  readonly hooks: Hooks;
  /** Only for games whose rounds run by the clock. */
  readonly endings?: Endings | undefined;
}

/** A computed round on its way to SQL: the columns of the type play_item, and what the answer needs. */
interface Item {
  readonly row: object;
  readonly pair: Pair;
  readonly source: RoundSource;
  readonly standing: Standing;
}

interface PlayResult {
  readonly status: string;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it depends on the status; 0003-play.sql has the list.
  readonly detail: any;
  readonly item: Item;
}

/** What SQL says of a round that it recorded. */
interface Recorded {
  readonly createdAt: string;
  /** The player's balance before the debit, and after the credit where there was one. */
  readonly before: string;
  readonly after: string;
}

const play = { name: "play", text: "SELECT item, status, detail FROM play($1)" };
const findKey = { name: "find_key", text: "SELECT * FROM find_key($1, $2, $3)" };

/** What a round was computed from has changed: its nonce was taken, or its jackpots have other terms. */
const computeAgain = new Set(["nonce_moved", "jackpots_changed"]);

/** Times that a round is computed again before it waits for the pair. */
const optimisticTries = 3;

/** Plays new rounds: one SQL call each, many in one call where many come at once. */
export class Placing {
  readonly #o: PlacingOptions;
  readonly #batcher: Batcher<Item, PlayResult, Session>;

  constructor(options: PlacingOptions) {
    this.#o = options;
    this.#batcher = new Batcher<Item, PlayResult, Session>({
      connections: options.connections,
      lend: (work) => options.db.session(work),
      call: (session, items) => this.#call(session, items),
    });
  }

  async place(request: PlaceRequest): Promise<Placed> {
    const placed = await this.#place(request);
    const result =
      "created" in placed ? "created" : "replayed" in placed ? "replayed" : placed.refused;
    this.#o.hooks.placed?.(result);
    if (result === "payout_limit") this.#o.hooks.payoutLimited?.(request.currency);
    return placed;
  }

  async #place(request: PlaceRequest): Promise<Placed> {
    const fault = this.#fault(request) && (await this.#lastingFault(request));
    if (fault) return fault;
    // One round of a player after the other: the next needs the nonce that the one before leaves.
    return this.#o.turns.run(request.player, () => this.#play(request));
  }

  #fault(request: PlaceRequest): Refusal | null {
    return faultOf(this.#o.revisions.own, this.#o.catalogue.terms(request.currency), request);
  }

  /** The answer to a request that looks wrong; null where the limits were changed just now and it is not. */
  async #lastingFault(request: PlaceRequest): Promise<Placed | null> {
    // A key that was used answers what it did, whatever the request looks like now.
    const recalled = await this.#recall(request);
    if (recalled !== null) return recalled;
    await this.#o.catalogue.refresh();
    return this.#fault(request);
  }

  async #recall({ player, key, requestHash }: PlaceRequest): Promise<Placed | null> {
    const [row] = await this.#o.db.query(findKey, [player, key, requestHash.toString("hex")]);
    return row === undefined ? null : this.#remembered(player, row.status, row.round);
  }

  async #remembered(player: string, status: string, round: string): Promise<Placed> {
    if (status === "idempotency_mismatch") return refusalOf(status);
    return { replayed: await this.#o.history.own(player, round) };
  }

  async #play(request: PlaceRequest): Promise<Placed> {
    const { player } = request;
    let pair = await this.#o.pairs.known(player);
    for (let tries = 0; tries < optimisticTries; tries++) {
      if (waitsForChain(pair.chain)) return this.#waits(request);
      const result = await this.#submit(request, pair);
      if (!computeAgain.has(result.status)) return this.#answer(request, result);
      if (result.status === "jackpots_changed") await this.#o.catalogue.refresh();
      else pair = await this.#moved(player, result);
    }
    const result = await this.#playLocked(request);
    return result === null ? this.#waits(request) : this.#answer(request, result);
  }

  /** What the block will be changes no answer but this: a key that was used answers what it did. */
  async #waits(request: PlaceRequest): Promise<Placed> {
    return (await this.#recall(request)) ?? refusalOf("entropy_pending");
  }

  async #submit(request: PlaceRequest, pair: Pair): Promise<PlayResult> {
    try {
      return await this.#batcher.submit(() => this.#compute(request, pair));
    } catch (error) {
      // It may have been recorded, and then the pair has moved on.
      this.#o.pairs.forget(request.player);
      throw error;
    }
  }

  /** Somebody else played on this pair, or rotated it. */
  #moved(player: string, { detail }: PlayResult): Promise<Pair> {
    if (detail !== null) this.#o.pairs.remember(detail);
    else this.#o.pairs.forget(player);
    return this.#o.pairs.known(player);
  }

  /** Nobody else can move the nonce while this transaction holds the pair. Null where it waits for its chain. */
  #playLocked(request: PlaceRequest): Promise<PlayResult | null> {
    return this.#o.db.transaction(async (session) => {
      const pair = await this.#o.pairs.lock(session, request.player);
      if (waitsForChain(pair.chain)) return null;
      const [result] = await this.#call(session, [this.#compute(request, pair)]);
      if (result === undefined) throw new Error("play() has no result");
      return result;
    });
  }

  #compute(request: PlaceRequest, pair: Pair): Item {
    const compiled = this.#o.revisions.own;
    const { currency, stake, bet, clientSeed } = request;
    const digits = this.#o.catalogue.terms(currency)?.digits ?? 0;
    const source: RoundSource = {
      ...{ round: uuidv7(), game: this.#o.game, compiled, bet, stake, currency, digits },
      ...{ serverSeed: pair.serverSeed, nonce: pair.nonce, entropy: entropyOf(pair.chain) },
      jackpots: jackpotsFor(this.#o.catalogue.current(), currency),
      clientSeed: clientSeed ?? pair.clientSeed,
      clientSeedBy: clientSeed === undefined ? pair.clientSeedBy : "player",
    };
    const standing = standingOf(source, [], replay(compiled, bet, [], drawsOf(source)));
    const row = {
      ...{ player: request.player, key: request.key, hash: request.requestHash.toString("hex") },
      ...{ round: source.round, revision: compiled.revision, currency, stake: String(stake) },
      bound: String(exposure(compiled, bet, stake)),
      ...{ pair: pair.id, nonce: pair.nonce, bet, outcome: standing.outcome },
      server_seed_hash: request.serverSeedHash,
      client_seed: clientSeed,
      payout: standing.payout === null ? null : String(standing.payout),
      legal_actions: standing.legalActions,
      digest: standing.digest,
      expected: standing.expected,
      ...fedColumns(source.jackpots, standing),
    };
    return { row, pair, source, standing };
  }

  async #call(session: Session, items: readonly Item[]): Promise<PlayResult[]> {
    const begun = performance.now();
    const asked = items.map(({ row }, item) => ({ ...row, item }));
    const rows = await session.query(play, [JSON.stringify(asked)]);
    this.#o.hooks.batch?.(items.length, (performance.now() - begun) / 1000);
    const byItem = new Map<number, Row>(rows.map((row) => [row.item, row]));
    return items.map((item, i) => {
      const row = byItem.get(i);
      if (row === undefined) throw new Error("play() has no result for an item");
      return { status: row.status, detail: row.detail, item };
    });
  }

  async #answer(request: PlaceRequest, result: PlayResult): Promise<Placed> {
    const { status, detail, item } = result;
    const { player } = request;
    if (status === "created") return { created: this.#created(player, item, detail) };
    if (status === "replayed" || status === "idempotency_mismatch") {
      return this.#remembered(player, status, detail.round);
    }
    if (status === "seed_rotated") await this.#moved(player, result);
    return refusalOf(status, detail?.round);
  }

  #created(player: string, { source, standing, pair }: Item, recorded: Recorded): RoundView {
    this.#o.pairs.advance(player, pair);
    const { over, staked, payout, outcome, legalActions } = standing;
    if (payout !== null) this.#o.hooks.settled?.(source.currency, staked, payout, "player");
    else this.#watch(player, source);
    const moment = new Date(recorded.createdAt);
    const { round, game, compiled, currency, digits, bet, clientSeed, nonce } = source;
    return {
      ...{ id: round, game, engine: compiled.engine.name, revision: compiled.revision, player },
      ...{ state: over ? "settled" : "open", version: 1, stake: staked, payout, currency, digits },
      ...{ bet, outcome, legalActions: actionTypes(legalActions) },
      jackpotWins: pendingWins(source.jackpots, standing.hits),
      funds: { before: BigInt(recorded.before), after: BigInt(recorded.after) },
      fairness: { serverSeedHash: pair.serverSeedHash, clientSeed, nonce },
      ...{ createdAt: moment, settledAt: over ? moment : null },
    };
  }

  #watch(player: string, source: RoundSource): void {
    const { round, compiled, bet } = source;
    const endMs = endsAfterMs(compiled, bet, [], drawsOf(source));
    if (endMs !== undefined) this.#o.endings?.watch(player, round, endMs + settleAfterMs);
  }
}
