import type { Failure, Problem } from "./types.ts";

/** The database cannot be used at all: thrown by every function of this folder, whatever it was doing. */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
  readonly problem: Problem;

  constructor(failure: Failure, cause: unknown) {
    super(failure.message, { cause });
    this.problem = failure.problem;
  }
}

const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);

/** pg gives these no code, and node-pg-migrate keeps of an error only its text. */
const LOST =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|terminating connection|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end/;

const CERTIFICATE =
  /self-signed|unable to (?:verify|get)|certificate|altnames|server does not support SSL/i;

/** SQLSTATEs and their classes that say that no session can be had, with what they mean to a person. */
const STATES: ReadonlyArray<readonly [pattern: RegExp, problem: Problem, cure: string]> = [
  [/^28/, "AuthenticationFailed", "Put the role's present password into the database Secret."],
  [/^3D000$/, "DatabaseMissing", "Create the database and run bootstrap.sql in it."],
  [/^53300$/, "Unreachable", "It has no free connection; it is tried again."],
  [/^57P0[1-5]$/, "Unreachable", "It is starting or stopping; it is tried again."],
  [/^08/, "Unreachable", "It is tried again."],
];

/** Says what keeps us from the database, or null where `error` is about something else. */
export function failureOf(error: unknown, where: string): Failure | null {
  const errors = error instanceof AggregateError ? error.errors : [error];
  for (const each of errors) {
    const failure = each instanceof Error ? one(each, where) : null;
    if (failure !== null) return failure;
  }
  return null;
}

function one(error: Error & { code?: unknown }, where: string): Failure | null {
  const code = typeof error.code === "string" ? error.code : "";
  const state = STATES.find(([pattern]) => pattern.test(code));
  if (state !== undefined) {
    return { problem: state[1], message: `${where} refused us: ${error.message}. ${state[2]}` };
  }
  if (NETWORK.has(code) || LOST.test(error.message)) {
    const message = `${where} cannot be reached (${error.message || code}). Check host, port and network policies; it is tried again.`;
    return { problem: "Unreachable", message };
  }
  if (isCertificate(code, error.message)) {
    const message = `${where} does not prove itself with the configured ca.crt (${error.message}). Put the CA that signed the server's certificate into the database Secret, and the name in that certificate as host.`;
    return { problem: "CertificateRefused", message };
  }
  return null;
}

function isCertificate(code: string, message: string): boolean {
  // SQLSTATEs have five characters; a statement's own error may well speak of a certificate.
  return !/^[0-9A-Z]{5}$/.test(code) && CERTIFICATE.test(message);
}
