import { formatAmount } from "../games/money.ts";
import { type Database, DatabaseAway, isDatabaseAway } from "../runtime/database.ts";
import type { Logger } from "../runtime/log.ts";
import type { GameState } from "../runtime/types.ts";

/** A game as the catalogue lists it. */
export interface CatalogueItem {
  readonly name: string;
  readonly title: string;
  readonly engine: string;
  readonly revision: string;
  readonly state: GameState;
  readonly ready: boolean;
  /** Lowest and highest exact return of its main bets. */
  readonly rtp: { readonly min: string; readonly max: string } | null;
  readonly limits: readonly object[];
  readonly path: string;
}

interface Row extends Omit<CatalogueItem, "rtp" | "limits"> {
  readonly lowest: string | null;
  readonly highest: string | null;
  readonly stakes: readonly StoredStakes[];
}

interface StoredStakes {
  readonly currency: string;
  readonly digits: number;
  readonly min: string;
  readonly max: string;
  readonly step: string;
  readonly maxPayout: string;
}

const REFRESH_MS = 1_000;

const stampOf = {
  name: "catalogue-stamp",
  text: "SELECT concat(max(updated_at), ' ', count(*)) AS stamp FROM pitboss.games",
};

const list = {
  name: "catalogue",
  text: `
    SELECT name, title, engine, revision, state, ready, stakes, path, lowest, highest
      FROM pitboss.games
      LEFT JOIN LATERAL (
        SELECT (array_agg(entry->>'rtp' ORDER BY (entry->>'decimal')::numeric))[1] AS lowest,
               (array_agg(entry->>'rtp' ORDER BY (entry->>'decimal')::numeric DESC))[1] AS highest
          FROM jsonb_array_elements(returns) AS entry
         WHERE coalesce(entry->>'side', 'false') = 'false'
      ) AS main_bets ON true
     WHERE NOT deleting ORDER BY name`,
};

function limitsOf({ currency, digits, ...amounts }: StoredStakes): object {
  const decimals = Object.entries(amounts).map(([name, text]) => {
    return [name, formatAmount(BigInt(text), digits)];
  });
  return { currency, digits, ...Object.fromEntries(decimals) };
}

function itemOf({ lowest, highest, stakes, ...rest }: Row): CatalogueItem {
  const rtp = lowest === null || highest === null ? null : { min: lowest, max: highest };
  return { ...rest, rtp, limits: stakes.map(limitsOf) };
}

/**
 * The games of the platform, as the operator wrote them a second ago at most. Read in the
 * background, because everybody may ask for it.
 */
export class Catalogue {
  readonly #database: Database;
  readonly #log: Logger;
  #items: readonly CatalogueItem[] | null = null;
  #stamp = "";
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> = Promise.resolve();

  constructor(database: Database, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  /** Reads the catalogue and goes on reading it. */
  async start(): Promise<void> {
    await this.#refresh();
    const again = () => {
      this.#reading = this.#refresh();
    };
    this.#timer = setInterval(again, REFRESH_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#reading;
  }

  /** Throws DatabaseAway where it could not be read lately. */
  items(): readonly CatalogueItem[] {
    if (this.#items === null) throw new DatabaseAway("the catalogue could not be read");
    return this.#items;
  }

  /** Whether the database answered lately. */
  get known(): boolean {
    return this.#items !== null;
  }

  async #refresh(): Promise<void> {
    try {
      const [row] = await this.#database.query(stampOf);
      if (this.#items !== null && row.stamp === this.#stamp) return;
      const rows: Row[] = await this.#database.query(list);
      this.#items = rows.map(itemOf);
      this.#stamp = row.stamp;
    } catch (error) {
      this.#items = null;
      if (!isDatabaseAway(error)) this.#log.error({ err: error }, "while reading the catalogue");
    }
  }
}
