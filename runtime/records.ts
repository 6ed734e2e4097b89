import type { Catalogues } from "./catalogue.ts";
import type { Database, Row } from "./database.ts";
import { noRound } from "./history.ts";
import { type PlayRecord, recordColumns, recordOfRow } from "./play-record.ts";
import type { ExportRequest, Records, Refusal } from "./types.ts";
import { isUuid, uuidv7From } from "./uuid.ts";

const from = "FROM rounds r JOIN seed_pairs p ON p.id = r.pair";

const getRecord = {
  name: "get_record",
  text: `SELECT ${recordColumns} ${from} WHERE r.id = $2 AND ($1::text IS NULL OR r.player = $1)`,
};

// An id holds the time by its pod's clock, which finds the partition and the place; the exact time is created_at.
const within = "r.id > $1 AND r.id < $2 AND r.created_at >= $3 AND r.created_at < $4";

const exportAll = {
  name: "export_rounds",
  text: `SELECT ${recordColumns} ${from} WHERE ${within} ORDER BY r.id LIMIT $5`,
};

const exportOwn = {
  name: "export_own_rounds",
  text: `SELECT ${recordColumns} ${from} WHERE ${within} AND r.player = $6 ORDER BY r.id LIMIT $5`,
};

/** Rounds that are read at once: few enough to be held in memory while a slow client reads. */
const pageMax = 500;
/** A pod's clock is never so far from the database's. */
const skewMs = 60_000;

export interface PlayRecordsOptions {
  readonly game: string;
  readonly engine: string;
  readonly db: Database;
  readonly catalogue: Catalogues;
}

/** The play records of one game, for players and for the back office. */
export class PlayRecords implements Records {
  readonly #o: PlayRecordsOptions;

  constructor(options: PlayRecordsOptions) {
    this.#o = options;
  }

  async get(player: string | undefined, id: string): Promise<PlayRecord | Refusal> {
    if (!isUuid(id)) return noRound;
    const [row] = await this.#o.db.query(getRecord, [player ?? null, id]);
    return row === undefined ? noRound : this.#record(row);
  }

  /** A connection is held for each page's query only, so that a slow client holds none. */
  async *pages({ player, from, to, after, limit }: ExportRequest): AsyncGenerator<PlayRecord[]> {
    let left = limit;
    let last = after ?? uuidv7From(from.getTime() - skewMs);
    const end = uuidv7From(to.getTime() + skewMs);
    while (left > 0) {
      const size = Math.min(left, pageMax);
      const values = [last, end, from, to, size];
      const rows = await (player === undefined
        ? this.#o.db.query(exportAll, values)
        : this.#o.db.query(exportOwn, [...values, player]));
      if (rows.length > 0) yield rows.map((row) => this.#record(row));
      if (rows.length < size) return;
      last = rows.at(-1).id;
      left -= rows.length;
    }
  }

  #record(row: Row): PlayRecord {
    const { game: name, engine, catalogue } = this.#o;
    const { openTimeoutSeconds } = catalogue.current();
    return recordOfRow({ name, engine, openTimeoutSeconds }, row);
  }
}
