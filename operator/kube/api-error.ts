/**
 * Why a call to the API failed, in the words a caller decides by.
 * - conflict: the object changed (or a UID or resourceVersion precondition failed); read again
 * - exists: there is one of that name already
 * - notFound: no such object, or no such kind (see `kindMissing`)
 * - gone: the resourceVersion or continue token is too old; list again
 * - invalid: the API refused the object's content; retrying cannot help
 * - forbidden, unauthorized: rights or token
 * - busy: 429, the server asked us to wait
 * - away: it could not be reached, took too long or answered 5xx
 * - fenced: this process may not write (any more)
 * - refused: any other answer
 */
export type ApiFailure =
  | "conflict"
  | "exists"
  | "notFound"
  | "gone"
  | "invalid"
  | "forbidden"
  | "unauthorized"
  | "busy"
  | "away"
  | "fenced"
  | "refused";

/** The body of a failed call. */
export interface Status {
  kind?: string;
  message?: string;
  reason?: string;
  code?: number;
  details?: {
    name?: string;
    retryAfterSeconds?: number;
    causes?: { reason?: string; message?: string; field?: string }[];
  };
}

interface ApiErrorFacts {
  doing: string;
  failure: ApiFailure;
  code?: number;
  status?: Status | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** A call to the Kubernetes API that failed: what was being done, and why it failed. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** What was being done, such as "apply Deployment casino/coin-flip". */
  readonly doing: string;
  readonly failure: ApiFailure;
  /** The HTTP status; 0 if there was no answer. */
  readonly code: number;
  readonly status: Status | undefined;
  /** How long the server asked us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(facts: ApiErrorFacts) {
    super(`while trying to ${facts.doing}: ${describe(facts)}`, { cause: facts.cause });
    this.doing = facts.doing;
    this.failure = facts.failure;
    this.code = facts.code ?? 0;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
  }

  /** The API has no such kind at all (its CRD is absent), as against no object of that name. */
  get kindMissing(): boolean {
    return this.failure === "notFound" && !this.status?.details?.name;
  }
}

function describe({ failure, code, status, cause }: ApiErrorFacts): string {
  const said = status?.message ?? (cause instanceof Error ? cause.message : undefined);
  const what = code ? `${failure} (HTTP ${code})` : failure;
  return said ? `${what}: ${said}` : what;
}

/** Does this error mean that failure? */
export function failedWith(error: unknown, ...failures: ApiFailure[]): error is ApiError {
  return error instanceof ApiError && failures.includes(error.failure);
}

const FAILURES: ReadonlyMap<number, ApiFailure> = new Map([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "notFound"],
  [408, "away"],
  [409, "conflict"],
  [410, "gone"],
  [400, "invalid"],
  [413, "invalid"],
  [415, "invalid"],
  [422, "invalid"],
  [429, "busy"],
]);

/** The failure that an HTTP status and its Status body stand for. */
export function failureOf(code: number, status?: Status): ApiFailure {
  // A UID in an apply is no precondition to the API but a field that never changes.
  if (status?.details?.causes?.some(({ field }) => field === "metadata.uid")) return "conflict";
  if (status?.reason === "AlreadyExists") return "exists";
  if (status?.reason === "Expired") return "gone";
  return FAILURES.get(code) ?? (code >= 500 ? "away" : "refused");
}
