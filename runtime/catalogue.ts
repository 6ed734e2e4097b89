import type { StakeTerms } from "../games/game.ts";
import type { Database, Row } from "./database.ts";
import { listen } from "./listening.ts";
import { pause } from "./pause.ts";
import type { Catalogue, Logger } from "./types.ts";

// Without the returns, which can be a megabyte and do not change.
const getCatalogue = {
  name: "catalogue",
  text: `SELECT name, namespace, title, engine, engine_version, revision, config, state, stakes, open_timeout_seconds,
                path, ready, deleting, jackpots, entropy FROM catalogue($1)`,
};
const getReturns = { name: "returns", text: "SELECT revision_returns($1)::text AS returns" };

/** Read at least this often, whatever notifications come: also how an idle process notices that the database is away. */
const refreshMs = 5_000;
const retryMs = 1_000;

interface StoredTerms {
  readonly currency: string;
  readonly digits: number;
  readonly min: string;
  readonly max: string;
  readonly step: string;
  readonly maxPayout: string;
}

function termsOf({ currency, digits, ...amounts }: StoredTerms): StakeTerms {
  const [min, max, step, maxPayout] = [
    BigInt(amounts.min),
    BigInt(amounts.max),
    BigInt(amounts.step),
    BigInt(amounts.maxPayout),
  ];
  return { currency, digits, min, max, step, maxPayout };
}

function catalogueOf(row: Row): Catalogue {
  return {
    ...{ name: row.name, namespace: row.namespace, title: row.title, engine: row.engine },
    ...{ engineVersion: row.engine_version, revision: row.revision, config: row.config },
    ...{ state: row.state, stakes: row.stakes.map(termsOf), path: row.path },
    ...{ openTimeoutSeconds: row.open_timeout_seconds, ready: row.ready, deleting: row.deleting },
    ...{ jackpots: row.jackpots, entropy: row.entropy },
  };
}

export interface CataloguesOptions {
  readonly game: string;
  /** Whose stakes are shown: those that this revision was proven with. */
  readonly revision: string;
  readonly db: Database;
  readonly logger: Logger;
}

/** The game's row of the catalogue, kept fresh: NOTIFY says when it changed. SQL checks every round against the row itself. */
export class Catalogues {
  readonly #o: CataloguesOptions;
  readonly #stopped = new AbortController();
  #row: Catalogue | undefined;
  #following: Promise<void> | undefined;
  #returns: string | undefined;

  constructor(options: CataloguesOptions) {
    this.#o = options;
  }

  /** Waits until the operator has written the row and it could be read, and then follows it. */
  async start(): Promise<void> {
    for (;;) {
      const read = await this.#tryRead();
      if (read !== null && this.#row !== undefined) break;
      if (read !== null) this.#o.logger.info({}, "waiting for the operator to list the game");
      await pause(retryMs, this.#stopped.signal);
      this.#stopped.signal.throwIfAborted();
    }
    this.#following = this.#follow();
  }

  current(): Catalogue {
    if (this.#row === undefined) throw new Error("the catalogue is read before anything is served");
    return this.#row;
  }

  /** The exact returns of this revision by bet, as JSON text: read once. */
  async returns(): Promise<string> {
    if (this.#returns === undefined) {
      const [row] = await this.#o.db.query(getReturns, [this.#o.revision]);
      this.#returns = row.returns as string;
    }
    return this.#returns;
  }

  terms(currency: string): StakeTerms | undefined {
    return this.current().stakes.find((terms) => terms.currency === currency);
  }

  /** Reads the row now; where the database is away it stays as it was. */
  async refresh(): Promise<void> {
    await this.#tryRead();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#following;
  }

  #follow(): Promise<void> {
    const { db: database, game, logger } = this.#o;
    return listen(
      {
        ...{ database, channel: "pitboss_games", everyMs: refreshMs, deafMs: retryMs },
        look: () => this.#tryRead(),
        told: (payload) => {
          if (payload === game) void this.#tryRead();
        },
        deaf: (error) => logger.warn({ err: error }, "cannot listen for changes of the catalogue"),
      },
      this.#stopped.signal,
    );
  }

  /** Null where the database is away: the row stays as it was. */
  async #tryRead(): Promise<true | null> {
    try {
      const [row] = await this.#o.db.query(getCatalogue, [this.#o.revision]);
      if (row !== undefined) this.#row = catalogueOf(row);
      return true;
    } catch (error) {
      this.#o.logger.warn({ err: error }, "cannot read the catalogue");
      return null;
    }
  }
}
