import { DatabaseAway, isTransient } from "./database-away.ts";

/** Rounds that one SQL call takes at most; `play` in SQL refuses more. */
export const batchMax = 32;

interface Waiting<Item, Result> {
  readonly prepare: () => Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

type Prepared<Item, Result> = Waiting<Item, Result> & { readonly item: Item };

export interface BatcherOptions<Item, Result, Connection> {
  /** Batches under way at once. */
  readonly connections: number;
  /** Waits for an idle connection and lends it to `work`. */
  readonly lend: (work: (connection: Connection) => Promise<void>) => Promise<void>;
  /** One call for all items; a result for each, in their order. */
  readonly call: (connection: Connection, items: readonly Item[]) => Promise<readonly Result[]>;
}

/**
 * Gathers what is asked while all connections are busy, and sends it together when one is idle. No
 * timer: where a connection is idle a single item goes at once.
 */
export class Batcher<Item, Result, Connection> {
  readonly #options: BatcherOptions<Item, Result, Connection>;
  #queue: Waiting<Item, Result>[] = [];
  #workers = 0;

  constructor(options: BatcherOptions<Item, Result, Connection>) {
    this.#options = options;
  }

  /** `prepare` is called when the item is sent. Items that are under way together must not conflict. */
  submit(prepare: () => Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ prepare, resolve, reject });
      if (this.#workers < this.#options.connections) void this.#work();
    });
  }

  /** The connection goes back after each batch, so that other calls get their turn. Never throws. */
  async #work(): Promise<void> {
    this.#workers += 1;
    while (this.#queue.length > 0) {
      try {
        await this.#options.lend((connection) => this.#send(connection, this.#take()));
      } catch (error) {
        // What was sent knows already. No connection was to be had for the rest: let them ask again.
        for (const { reject } of this.#queue.splice(0)) reject(error);
      }
    }
    this.#workers -= 1;
  }

  #take(): Prepared<Item, Result>[] {
    return this.#queue.splice(0, batchMax).flatMap((waiting) => {
      try {
        return [{ ...waiting, item: waiting.prepare() }];
      } catch (error) {
        waiting.reject(error);
        return [];
      }
    });
  }

  async #send(connection: Connection, batch: readonly Prepared<Item, Result>[]): Promise<void> {
    if (batch.length === 0) return;
    const items = batch.map(({ item }) => item);
    try {
      const results = await this.#options.call(connection, items);
      for (const [i, { resolve, reject }] of batch.entries()) {
        const result = results[i];
        if (result === undefined) reject(new Error("the call has no result for this item"));
        else resolve(result);
      }
    } catch (error) {
      await this.#failed(connection, batch, error);
    }
  }

  async #failed(
    connection: Connection,
    batch: readonly Prepared<Item, Result>[],
    error: unknown,
  ): Promise<void> {
    if (isTransient(error)) {
      // Whether it was committed is not known: the keys will tell.
      const away = new DatabaseAway("while playing rounds", { cause: error });
      for (const { reject } of batch) reject(away);
      throw error;
    }
    if (batch.length === 1) {
      batch[0]?.reject(error);
      return;
    }
    // One bad item must spoil no other: nothing of the call was committed, so each goes alone.
    for (const single of batch) await this.#send(connection, [single]);
  }
}
