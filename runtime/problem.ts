import { randomUUID } from "node:crypto";
import { errors, type Refusal } from "./errors.ts";

/** Seconds to wait where the refusal does not say: a failover or a full pod is shorter than this. */
const RETRY_AFTER_SECONDS = 2;

/** The body of every refusal, RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly pointer?: string;
  readonly round?: string;
  readonly instance?: string;
}

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Problem;
}

function challenge({ detail }: Refusal): string {
  const error = detail?.startsWith("the token") ? `, error="invalid_token"` : "";
  return `Bearer realm="pitboss"${error}`;
}

function headersOf(refusal: Refusal, status: number): Record<string, string> {
  const headers: Record<string, string> = { "Cache-Control": "no-store" };
  if (status === 401) headers["WWW-Authenticate"] = challenge(refusal);
  if (refusal.refused === "forbidden") {
    headers["WWW-Authenticate"] = `Bearer realm="pitboss", error="insufficient_scope"`;
  }
  if (status === 429 || status === 503 || refusal.retryAfter !== undefined) {
    headers["Retry-After"] = String(Math.ceil(refusal.retryAfter ?? RETRY_AFTER_SECONDS));
  }
  return headers;
}

/** A refusal as HTTP says it. */
export function problemOf(refusal: Refusal): ProblemAnswer {
  const { code, status, title, meaning } = errors[refusal.refused];
  const body = {
    type: `https://pitboss.dev/problems/${code}`,
    title,
    status,
    detail: refusal.detail ?? meaning,
    code,
    ...(refusal.pointer === undefined ? {} : { pointer: refusal.pointer }),
    ...(refusal.round === undefined ? {} : { round: refusal.round }),
  };
  return { status, headers: headersOf(refusal, status), body };
}

/** A fault of ours: shows nothing but a name under which the log has the rest. */
export function faultOf(): ProblemAnswer {
  const { status, headers, body } = problemOf({ refused: "internal_error" });
  return { status, headers, body: { ...body, instance: `urn:uuid:${randomUUID()}` } };
}
