import { randomBytes } from "node:crypto";
import { waitsForChain } from "../games/chain-entropy.ts";
import { serverSeedHash } from "../games/fairness.ts";
import type { Database, Session } from "./database.ts";
import { type GameEntropy, waitingOf } from "./entropy.ts";
import { seal, unseal } from "./seal.ts";
import type { Turns } from "./turns.ts";
import type { PairView, Refusal, RevealedSeed, SeedPairs } from "./types.ts";
import { uuidv7 } from "./uuid.ts";

/** A player's active pair with its open server seed: it stays in this process. */
export interface Pair extends PairView {
  readonly id: string;
  readonly serverSeed: Buffer;
}

/** The pair as SQL's pair_json gives it. */
export interface SealedPair extends PairView {
  readonly id: string;
  readonly player: string;
  readonly sealed: string;
  readonly nextId: string;
}

const getPair = { name: "pair", text: "SELECT pair($1, $2) AS pair" };
const rotatePair = { name: "rotate", text: "SELECT * FROM rotate($1, $2, $3)" };
const lockPair = { name: "lock_pair", text: "SELECT lock_pair($1) AS pair" };

const clientSeedForm = /^[A-Za-z0-9_-]{1,64}$/;

/** The most pairs that are kept in memory; the one used longest ago goes first. */
const keptMax = 10_000;

function viewOf(pair: SealedPair): PairView {
  const { serverSeedHash, nextServerSeedHash, clientSeed, clientSeedBy, nonce } = pair;
  const { chain, nextChain } = pair;
  return { serverSeedHash, nextServerSeedHash, clientSeed, clientSeedBy, nonce, chain, nextChain };
}

/** Commits, opens, remembers and rotates the seed pairs of one game. */
export class GamePairs implements SeedPairs {
  readonly #db: Database;
  readonly #game: string;
  readonly #key: Buffer;
  readonly #turns: Turns;
  readonly #entropy: GameEntropy;
  readonly #kept = new Map<string, Pair>();

  constructor(options: {
    db: Database;
    game: string;
    seedKey: Buffer;
    turns: Turns;
    entropy: GameEntropy;
  }) {
    this.#db = options.db;
    this.#game = options.game;
    this.#key = options.seedKey;
    this.#turns = options.turns;
    this.#entropy = options.entropy;
  }

  async current(player: string): Promise<PairView> {
    return viewOf(await this.#fetch(player));
  }

  /** As the player's last round in this process left it; SQL says when it has moved on. It may wait for its chain. */
  async known(player: string): Promise<Pair> {
    const kept = this.#kept.get(player);
    if (kept !== undefined && !waitsForChain(kept.chain)) return kept;
    return this.remember(await this.#fetch(player));
  }

  /** Opens a pair as SQL gave it, and keeps it for the next round. */
  remember(sealed: SealedPair): Pair {
    const { id, player } = sealed;
    const serverSeed = this.open({ pair: id, player, sealed: sealed.sealed });
    const pair = { id, serverSeed, ...viewOf(sealed) };
    this.#keep(player, pair);
    return pair;
  }

  /** After a round of this pair was recorded. */
  advance(player: string, pair: Pair): void {
    this.#keep(player, { ...pair, nonce: pair.nonce + 1 });
  }

  forget(player: string): void {
    this.#kept.delete(player);
  }

  /** Opens a sealed server seed of this game. */
  open({ pair, player, sealed }: { pair: string; player: string; sealed: string }): Buffer {
    const owner = { game: this.#game, player, pair };
    return unseal(this.#key, owner, Buffer.from(sealed, "hex"));
  }

  /** The player's pair, locked until the transaction of `session` ends. */
  async lock(session: Session, player: string): Promise<Pair> {
    const [row] = await session.query(lockPair, [player]);
    if (row?.pair === null) throw new Error("a player who was about to play has no seed pair");
    return this.remember(row.pair);
  }

  rotate(
    player: string,
    clientSeed: string,
  ): Promise<(PairView & { revealed: RevealedSeed }) | Refusal> {
    if (!clientSeedForm.test(clientSeed)) {
      const detail = "A client seed has 1 to 64 characters of A-Z, a-z, 0-9, _ and -.";
      const pointer = "/clientSeed";
      return Promise.resolve({ refused: "invalid_client_seed", detail, pointer });
    }
    return this.#turns.run(player, () => this.#rotate(player, clientSeed));
  }

  async #rotate(
    player: string,
    clientSeed: string,
  ): Promise<(PairView & { revealed: RevealedSeed }) | Refusal> {
    await this.#fetch(player);
    const [row] = await this.#db.query(rotatePair, [player, clientSeed, this.#fresh(player)]);
    if (row?.status === "rounds_open") {
      const detail = "Finish the open round first: nothing is revealed while it lasts.";
      return { refused: "rounds_open", round: row.round, detail };
    }
    if (row?.status === "client_seed_used") {
      const detail = "You have used this client seed in this game before: choose another.";
      return { refused: "client_seed_used", pointer: "/clientSeed", detail };
    }
    if (row?.status !== "rotated") throw new Error(`rotate() says ${row?.status}`);
    const old: SealedPair = row.revealed;
    const serverSeed = this.open({ pair: old.id, player, sealed: old.sealed }).toString("hex");
    const pair = await this.#advanced(row.pair);
    this.remember(pair);
    const revealed = {
      serverSeed,
      serverSeedHash: old.serverSeedHash,
      clientSeed: old.clientSeed,
    };
    return { revealed, ...viewOf(pair) };
  }

  async #fetch(player: string): Promise<SealedPair> {
    const [found] = await this.#db.query(getPair, [player, null]);
    if (found?.pair) return this.#advanced(found.pair);
    const clientSeed = randomBytes(16).toString("hex");
    const fresh = { active: { ...this.#fresh(player), clientSeed }, next: this.#fresh(player) };
    const [made] = await this.#db.query(getPair, [player, fresh]);
    return this.#advanced(made?.pair);
  }

  /** A pair's height is committed as soon as its seed is, so that nobody waits for a block but at the first pair. */
  async #advanced(pair: SealedPair): Promise<SealedPair> {
    const { id, player, chain, nextId, nextChain } = pair;
    const waiting = waitingOf({ id, chain }, { id: nextId, chain: nextChain });
    if (waiting.length === 0 || !(await this.#entropy.advance(waiting))) return pair;
    const [now] = await this.#db.query(getPair, [player, null]);
    return now?.pair;
  }

  /** A new server seed, sealed: in clear it leaves this function only when it is played or revealed. */
  #fresh(player: string): { id: string; serverSeedHash: string; sealed: string } {
    const id = uuidv7();
    const seed = randomBytes(32);
    const sealed = seal(this.#key, { game: this.#game, player, pair: id }, seed).toString("hex");
    return { id, serverSeedHash: serverSeedHash(seed), sealed };
  }

  #keep(player: string, pair: Pair): void {
    this.#kept.delete(player);
    this.#kept.set(player, pair);
    if (this.#kept.size <= keptMax) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** Whether a text may be a client seed. */
export function isClientSeed(text: string): boolean {
  return clientSeedForm.test(text);
}
