import { isDeepStrictEqual } from "node:util";
import type { Client } from "../kube/client.ts";
import { type Condition, sameConditions } from "../kube/conditions.ts";
import type { Informer } from "../kube/informer.ts";
import type { Kind, KubeObject } from "../kube/object.ts";

interface WithConditions {
  conditions?: Condition[];
}

type Stated<Status> = KubeObject & { status?: Status };

/**
 * The one writer of a kind's statuses. Two parts of the operator say something in one, the conditions
 * and what play has shown; one after the other, each keeps what the other said last. Every field of a
 * `Status` is optional: an object that nothing was said of yet has none.
 */
export class StatusWriter<Status extends WithConditions> {
  readonly #client: Pick<Client, "applyStatus">;
  readonly #kind: Kind;
  readonly #objects: Pick<Informer<Stated<Status>>, "get">;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(
    client: Pick<Client, "applyStatus">,
    kind: Kind,
    objects: Pick<Informer<Stated<Status>>, "get">,
  ) {
    this.#client = client;
    this.#kind = kind;
    this.#objects = objects;
  }

  /** Writes what `change` makes of the present status, if it says something new. Answers whether it did. */
  async write(object: Stated<Status>, change: (now: Status) => Status): Promise<boolean> {
    const uid = object.metadata.uid ?? "";
    const turn = (this.#turns.get(uid) ?? Promise.resolve()).then(() =>
      this.#write(object, change),
    );
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

  async #write(object: Stated<Status>, change: (now: Status) => Status): Promise<boolean> {
    const { name, namespace, uid } = object.metadata;
    const cached = this.#objects.get(`${namespace}/${name}`);
    const latest = cached && cached.metadata.uid === uid ? cached : object;
    const now = latest.status ?? ({} as Status);
    const status = change(now);
    if (sameStatus(now, status)) return false;
    const { apiVersion, kind, metadata } = object;
    await this.#client.applyStatus(this.#kind, { apiVersion, kind, metadata, status });
    return true;
  }
}

/** Do two statuses say the same? The order of conditions means nothing. */
export function sameStatus(one: WithConditions, other: WithConditions): boolean {
  const { conditions: ones = [], ...restOfOne } = one;
  const { conditions: others = [], ...restOfOther } = other;
  return sameConditions(ones, others) && isDeepStrictEqual(restOfOne, restOfOther);
}
