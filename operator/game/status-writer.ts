import { isDeepStrictEqual } from "node:util";
import type { Game, GameStatus } from "../../crds/generated/game.ts";
import type { Client } from "../kube/client.ts";
import { sameConditions } from "../kube/conditions.ts";
import type { Informer } from "../kube/informer.ts";
import { kinds } from "./kinds.ts";

/**
 * The one writer of a Game's status. Two parts of the operator say something in it, the conditions
 * and what play has shown; one after the other, each keeps what the other said last.
 */
export class StatusWriter {
  readonly #client: Pick<Client, "applyStatus">;
  readonly #games: Pick<Informer<Game>, "get">;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(client: Pick<Client, "applyStatus">, games: Pick<Informer<Game>, "get">) {
    this.#client = client;
    this.#games = games;
  }

  /** Writes what `change` makes of the present status, if it says something new. Answers whether it did. */
  async write(game: Game, change: (now: GameStatus) => GameStatus): Promise<boolean> {
    const { uid } = game.metadata;
    const turn = (this.#turns.get(uid) ?? Promise.resolve()).then(() => this.#write(game, change));
    // The next turn comes whether or not this one failed; its caller hears of that.
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(uid, ended);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(uid) === ended) this.#turns.delete(uid);
    }
  }

  async #write(game: Game, change: (now: GameStatus) => GameStatus): Promise<boolean> {
    const { name, namespace, uid } = game.metadata;
    const cached = this.#games.get(`${namespace}/${name}`);
    const now = (cached?.metadata.uid === uid ? cached : game).status ?? {};
    const status = change(now);
    if (sameStatus(now, status)) return false;
    const { apiVersion, kind, metadata } = game;
    await this.#client.applyStatus(kinds.game, { apiVersion, kind, metadata, status });
    return true;
  }
}

/** Do two statuses say the same? The order of conditions means nothing. */
export function sameStatus(one: GameStatus, other: GameStatus): boolean {
  const { conditions: ones = [], ...restOfOne } = one;
  const { conditions: others = [], ...restOfOther } = other;
  return sameConditions(ones, others) && isDeepStrictEqual(restOfOne, restOfOther);
}
