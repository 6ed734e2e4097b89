/**
 * Every refusal that a player or a casino can get: code → status, title and what it means. Answers,
 * OpenAPI documents and the documentation are made from this table; nothing else names a status.
 */
export interface ErrorEntry {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
}

export const errors = {
  malformed: {
    code: "malformed",
    status: 400,
    title: "Malformed request",
    meaning: "The body is not JSON, or a header, cursor or query parameter cannot be read.",
  },
  invalid_cursor: {
    code: "invalid_cursor",
    status: 400,
    title: "Invalid cursor",
    meaning: "The cursor is not the `next` of an earlier page.",
  },
  idempotency_key_required: {
    code: "idempotency_key_required",
    status: 400,
    title: "Idempotency-Key required",
    meaning: "The header is missing, empty, too long, or holds other than visible ASCII.",
  },
  unauthorized: {
    code: "unauthorized",
    status: 401,
    title: "Unauthorized",
    meaning: "No bearer token, or one that is expired, for another audience or wrongly signed.",
  },
  insufficient_funds: {
    code: "insufficient_funds",
    status: 402,
    title: "Insufficient funds",
    meaning: "The balance does not cover the debit; nothing has changed.",
  },
  forbidden: {
    code: "forbidden",
    status: 403,
    title: "Forbidden",
    meaning: "The token lacks the scope that this call needs.",
  },
  game_suspended: {
    code: "game_suspended",
    status: 403,
    title: "Game suspended",
    meaning: "The game takes no new rounds; open rounds go on.",
  },
  game_draining: {
    code: "game_draining",
    status: 403,
    title: "Game draining",
    meaning: "The game takes no new rounds and finishes the open ones.",
  },
  not_found: {
    code: "not_found",
    status: 404,
    title: "Not found",
    meaning: "There is no such thing, or it belongs to somebody else.",
  },
  method_not_allowed: {
    code: "method_not_allowed",
    status: 405,
    title: "Method not allowed",
    meaning: "The path exists; the Allow header lists its methods.",
  },
  round_open: {
    code: "round_open",
    status: 409,
    title: "A round is open",
    meaning: "The player has an open round in this game (`round`); finish it first.",
  },
  round_settled: {
    code: "round_settled",
    status: 409,
    title: "The round is settled",
    meaning: "The round is over and takes no more actions.",
  },
  round_voided: {
    code: "round_voided",
    status: 409,
    title: "The round is voided",
    meaning:
      "The round was taken back: it cannot be voided again, and without an end it has no proof.",
  },
  version_conflict: {
    code: "version_conflict",
    status: 409,
    title: "Stale version",
    meaning: "The round has moved on; read it again and decide on what it shows.",
  },
  seed_active: {
    code: "seed_active",
    status: 409,
    title: "The server seed is in use",
    meaning: "The proof can be had after the seed pair has been rotated.",
  },
  seed_rotated: {
    code: "seed_rotated",
    status: 409,
    title: "The server seed is another",
    meaning: "The `serverSeedHash` of the request is not the active pair's.",
  },
  rounds_open: {
    code: "rounds_open",
    status: 409,
    title: "Rounds are open",
    meaning: "A seed pair is not rotated while one of its rounds is open.",
  },
  client_seed_used: {
    code: "client_seed_used",
    status: 409,
    title: "The client seed has been used",
    meaning: "This player has used this client seed in this game before; send another.",
  },
  entropy_pending: {
    code: "entropy_pending",
    status: 409,
    title: "Entropy is pending",
    meaning: "The block that this seed pair waits for is not final yet, or its chain is away.",
  },
  payload_too_large: {
    code: "payload_too_large",
    status: 413,
    title: "Body too large",
    meaning: "The body is over the limit of 100 kB.",
  },
  unsupported_media_type: {
    code: "unsupported_media_type",
    status: 415,
    title: "Unsupported media type",
    meaning: "Bodies are application/json in UTF-8, without a content encoding.",
  },
  invalid_request: {
    code: "invalid_request",
    status: 422,
    title: "Invalid request",
    meaning: "A field is unknown, missing or has a wrong value; `pointer` says which.",
  },
  invalid_client_seed: {
    code: "invalid_client_seed",
    status: 422,
    title: "Invalid client seed",
    meaning: "A client seed is 1 to 64 characters of A–Z, a–z, 0–9, _ and -.",
  },
  invalid_bet: {
    code: "invalid_bet",
    status: 422,
    title: "Invalid bet",
    meaning: "The game does not offer this bet; `pointer` says which field is wrong.",
  },
  illegal_action: {
    code: "illegal_action",
    status: 422,
    title: "Illegal action",
    meaning: "The action is not legal in the round as it is; `legalActions` lists what is.",
  },
  stake_limits: {
    code: "stake_limits",
    status: 422,
    title: "Stake outside the limits",
    meaning: "The game does not take this stake or currency; the rules list what it takes.",
  },
  stake_over_exposure: {
    code: "stake_over_exposure",
    status: 422,
    title: "The bet could win too much",
    meaning: "The largest payout of this bet is over the game's limit; stake less.",
  },
  idempotency_mismatch: {
    code: "idempotency_mismatch",
    status: 422,
    title: "The key was used for another request",
    meaning: "The same key or reference came before with other content; use a new one.",
  },
  too_many_requests: {
    code: "too_many_requests",
    status: 429,
    title: "Too many requests",
    meaning: "Wait for the seconds that Retry-After says.",
  },
  payout_limit: {
    code: "payout_limit",
    status: 429,
    title: "The game rests",
    meaning: "The game is over its payout limit and takes no new rounds for a moment.",
  },
  internal_error: {
    code: "internal_error",
    status: 500,
    title: "Internal error",
    meaning: "The fault is ours; `instance` names it in our logs. Retry with the same key.",
  },
  revision_retired: {
    code: "revision_retired",
    status: 503,
    title: "The game is changing",
    meaning: "A new configuration has just taken over. Retry with the same key.",
  },
  jackpots_changed: {
    code: "jackpots_changed",
    status: 503,
    title: "The game's jackpots are changing",
    meaning: "A jackpot has just got other terms. Retry with the same key.",
  },
  unavailable: {
    code: "unavailable",
    status: 503,
    title: "Unavailable for a moment",
    meaning: "The database or the token keys cannot be reached. Retry with the same key.",
  },
} as const satisfies Record<string, ErrorEntry>;

/** The stable name of a refusal. */
export type Code = keyof typeof errors;

/** What a service answers instead of a result: a value, never an exception. */
export interface Refusal {
  readonly refused: Code;
  readonly detail?: string;
  /** JSON pointer of the field at fault in the request's body. */
  readonly pointer?: string;
  /** The round that stands in the way. */
  readonly round?: string;
  /** Seconds to wait. */
  readonly retryAfter?: number;
}

/** Whether a service refused. */
export function isRefusal(result: unknown): result is Refusal {
  return typeof result === "object" && result !== null && "refused" in result;
}
