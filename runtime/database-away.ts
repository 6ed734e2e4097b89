/**
 * The database cannot be used now. What was under way may have been committed or not: whoever asked
 * asks again with the same key.
 */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
}

export function isDatabaseAway(error: unknown): error is DatabaseAway {
  return error instanceof DatabaseAway;
}

const network = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);

/** pg gives these no code. */
const lost =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|Client has encountered a connection error|not queryable|Query read timeout|Cannot use a pool after calling end/;

/** SQLSTATEs, or how they begin, after which asking again may well succeed. */
const states = [
  "08", // connection
  "28", // refused: the password is being renewed
  "3D000", // the database is being restored
  "40", // deadlock, serialization
  "53", // no connections, memory or disk left
  "55P03", // lock_timeout
  "57", // shutdown, starting up, cancelled by a timeout
  "25006", // a standby, after a failover
];

/** Whether an error of pg says that the database is away or busy, rather than that a statement is wrong. */
export function isTransient(error: unknown): error is Error {
  if (error instanceof AggregateError) return error.errors.some(isTransient);
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (network.has(code) || lost.test(error.message)) return true;
  return /^[0-9A-Z]{5}$/.test(code) && states.some((state) => code.startsWith(state));
}
