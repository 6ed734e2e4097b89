import { Counter, type Registry } from "prom-client";
import { formatAmount } from "../games/money.ts";
import type { Database, Row } from "../runtime/database.ts";
import { isRefusal, type Refusal } from "../runtime/errors.ts";
import type { Logger } from "../runtime/log.ts";

export interface VoidRequest {
  readonly game: string;
  readonly round: string;
  readonly reason: string;
  readonly reference: string;
  /** `sub` of the administrator's token. */
  readonly by: string;
}

/** An entry of the journal: who, why, and the value before and after (GLI-19 v3.0, 2.8.8). */
export interface VoidEntry {
  readonly id: string;
  readonly game: string;
  readonly round: string;
  /** What the round was until then. */
  readonly was: "open" | "settled";
  readonly player: string;
  readonly currency: string;
  /** All that the round had debited. */
  readonly stake: string;
  /** Null where the round was open. */
  readonly payout: string | null;
  /** Signed: positive came to the player. */
  readonly amount: string;
  readonly balance: { readonly before: string; readonly after: string };
  readonly reason: string;
  readonly by: string;
  readonly reference: string;
  readonly at: string;
}

export interface VoidsOptions {
  readonly database: Database;
  readonly log: Logger;
  readonly registry?: Registry;
}

const voidRound = {
  name: "void-round",
  text: "SELECT * FROM pitboss.void_round($1, $2, $3, $4, $5)",
};
const listVoids = {
  name: "list-voids",
  text: "SELECT * FROM pitboss.list_voids($1, $2, $3, $4)",
};

/** What each status of pitboss.void_round says that is not a success. */
const refusals: Readonly<Record<string, Refusal>> = {
  reference_mismatch: {
    refused: "idempotency_mismatch",
    pointer: "/reference",
    detail: "this reference stands for another void",
  },
  unknown_game: {
    refused: "not_found",
    pointer: "/game",
    detail: "no game of this name has rounds here: there never was one, or they were deleted",
  },
  unknown_round: {
    refused: "not_found",
    pointer: "/round",
    detail: "the game has no such round",
  },
  round_voided: {
    refused: "round_voided",
    pointer: "/round",
    detail: "the round was voided before; the journal says by whom and why",
  },
};

/** Takes rounds back, and shows the journal of it. */
export class Voids {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #counter: Counter<"game">;

  constructor({ database, log, registry }: VoidsOptions) {
    this.#database = database;
    this.#log = log;
    this.#counter = new Counter({
      name: "pitboss_voids_total",
      help: "Rounds that administrators have voided, by game.",
      labelNames: ["game"],
      registers: registry === undefined ? [] : [registry],
    });
  }

  /** Voids a round, once for each reference. */
  async make(
    request: VoidRequest,
  ): Promise<{ created: VoidEntry } | { replayed: VoidEntry } | Refusal> {
    const { game, round, reason, by, reference } = request;
    const [row] = await this.#database.query(voidRound, [game, round, reason, by, reference]);
    const refusal = refusalOf(row);
    if (isRefusal(refusal)) return refusal;
    const [stored] = await this.#database.query(listVoids, [null, row.entry, null, 1]);
    const entry = entryOf(stored);
    if (row.status !== "created") return { replayed: entry };
    this.#counter.inc({ game });
    this.#log.info({ round, game, by, reason, reference }, "a round was voided");
    return { created: entry };
  }

  /** The journal, newest first, older than `before` where that is given; of one game or of all. */
  async list(game: string | null, before: string | null, limit: number): Promise<VoidEntry[]> {
    return (await this.#database.query(listVoids, [game, null, before, limit])).map(entryOf);
  }
}

function refusalOf({ status, missing, currency, digits }: Row): Refusal | undefined {
  if (status !== "insufficient_funds") return refusals[status];
  const short = `${formatAmount(missing, digits)} ${currency}`;
  const detail = `the player no longer has what the round paid: ${short} is missing, and nothing has changed`;
  return { refused: "insufficient_funds", pointer: "/round", detail };
}

function entryOf(row: Row): VoidEntry {
  const amount = (minor: bigint) => formatAmount(minor, row.digits);
  return {
    ...{ id: row.id, game: row.game, round: row.round, was: row.was, player: row.player },
    ...{ currency: row.currency, stake: amount(row.staked), amount: amount(row.amount) },
    payout: row.payout === null ? null : amount(row.payout),
    balance: { before: amount(row.balance_before), after: amount(row.balance_after) },
    ...{ reason: row.reason, by: row.voided_by, reference: row.reference },
    at: row.at.toISOString(),
  };
}
