import { Readable } from "node:stream";
import type { JsonSchema } from "../../games/game.ts";
import type { Refusal } from "../errors.ts";
import type { Answer, Route } from "../route.ts";
import type { ExportRequest, Records } from "../types.ts";
import { isUuid } from "../uuid.ts";
import { csvHead, recordCsv } from "./record-csv.ts";
import { cursor } from "./schemas.ts";
import type { GameService } from "./service.ts";

interface Query {
  readonly from?: string;
  readonly to?: string;
  readonly cursor?: string;
}

/** Most rounds of one answer: who wants more goes on after the last of them. */
export const EXPORT_MAX = 100_000;
/** Exports that one pod writes at once: they must not take the connections that players need. */
const AT_ONCE_MAX = 2;
/** Whoever reads so slowly has gone away. */
const WHOLE_MS = 600_000;
const RETRY_SECONDS = 5;

const time: JsonSchema = {
  type: "string",
  pattern: "^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z)?$",
  description: "a day or a moment in UTC, such as 2026-01-31 or 2026-01-31T12:00:00Z",
};

const query = {
  from: { ...time, description: `${time["description"]}: rounds begun then or later` },
  to: { ...time, description: `${time["description"]}: rounds begun before; now, if not given` },
  cursor: { ...cursor, description: "the last round of the export before, to go on after it" },
};

const answers = {
  200: {
    meaning: `RFC 4180, oldest first, at most ${EXPORT_MAX} rounds; ask again with the last line's round as cursor until only the first line comes.`,
    schema: { type: "string" },
    type: "text/csv",
  },
};

/** Undefined where it is no time: the 30th of February has the form of one. */
function timeOf(text: string): Date | undefined {
  const at = new Date(text);
  const same = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text.slice(0, 19));
  return same ? at : undefined;
}

function requestOf({ from, to, cursor: after }: Query): ExportRequest | Refusal {
  const [begin, end] = [timeOf(from ?? "1970-01-01"), to === undefined ? new Date() : timeOf(to)];
  if (begin === undefined || end === undefined) {
    return { refused: "malformed", detail: "from and to must be times that exist" };
  }
  if (after !== undefined && !isUuid(after)) {
    return { refused: "invalid_cursor", detail: "The cursor is not a round of an export." };
  }
  const more = after === undefined ? {} : { after };
  return { from: begin, to: end, limit: EXPORT_MAX, ...more };
}

/** Each page as text, the names before the first. */
async function* lines(records: Records, request: ExportRequest): AsyncGenerator<string> {
  let head = csvHead;
  for await (const page of records.pages(request)) {
    yield head + page.map(recordCsv).join("");
    head = "";
  }
  if (head !== "") yield head;
}

/** The text whose first part has been read, so that what fails at once fails before the answer begins. */
async function begun(text: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await text.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* text;
  })();
}

/** Writes exports, a few at once. */
class Exports {
  readonly #records: Records;
  #running = 0;

  constructor(records: Records) {
    this.#records = records;
  }

  async answer(asked: Query, player?: string): Promise<Answer | Refusal> {
    const request = requestOf(asked);
    if ("refused" in request) return request;
    if (this.#running >= AT_ONCE_MAX) {
      const detail = "Other exports are being written: ask again in a moment.";
      return { refused: "too_many_requests", retryAfter: RETRY_SECONDS, detail };
    }
    const whole = { ...request, ...(player === undefined ? {} : { player }) };
    this.#running += 1;
    const text = await begun(lines(this.#records, whole)).catch((error: unknown) => {
      this.#running -= 1;
      throw error;
    });
    const body = Readable.from(text, { objectMode: false });
    const late = setTimeout(() => body.destroy(new Error("an export took too long")), WHOLE_MS);
    body.once("close", () => {
      clearTimeout(late);
      this.#running -= 1;
    });
    return { status: 200, body };
  }
}

/** GET …/rounds.csv and, for the back office, …/records.csv: play records as CSV. */
export function exports({ game, records }: GameService): Route<unknown, Query>[] {
  const writer = new Exports(records);
  const common = { method: "GET", query, answers } as const;
  return [
    {
      ...common,
      path: `/games/${game}/rounds.csv`,
      name: "exportOwnRounds",
      summary: "The player's rounds with their play records, as CSV",
      access: "player",
      refusals: ["invalid_cursor"],
      handle: async ({ player, query: asked }) => writer.answer(asked, player),
    },
    {
      ...common,
      path: `/games/${game}/records.csv`,
      name: "exportRecords",
      summary: "Every player's play records in this game, as CSV, for the back office",
      access: "cashier",
      refusals: ["invalid_cursor"],
      handle: async ({ query: asked }) => writer.answer(asked),
    },
  ];
}
