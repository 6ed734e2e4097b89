import { type Logger, pino } from "pino";

const REDACTED = "[redacted]";

/** Tokens and passwords inside texts, as drivers and libraries put them into their messages. */
const SECRETS = [
  { pattern: /\bBearer\s+[^\s"\\]+/gi, instead: `Bearer ${REDACTED}` },
  { pattern: /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, instead: REDACTED },
  { pattern: /(\w+:\/\/[^\s:/@"]+):[^\s@"]+@/g, instead: `$1:${REDACTED}@` },
];

/** Takes tokens and passwords out of a text. */
export function scrub(text: string): string {
  return SECRETS.reduce((rest, { pattern, instead }) => rest.replace(pattern, instead), text);
}

/** An error's own fields and no others: drivers hang statements and their parameters on theirs. */
export function plainError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const cause = error.cause && depth < 5 ? { cause: plainError(error.cause, depth + 1) } : {};
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}

/** JSON lines with `level`, `time` and `msg`, and never a seed, token or password. */
export function createLogger(level: string, bindings: Record<string, string>): Logger {
  return pino({
    level,
    base: bindings,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => plainError(error) },
    redact: {
      paths: ["password", "*.password", "token", "*.token", "seedKey", "*.seedKey", "*.data"],
      censor: REDACTED,
    },
    hooks: { streamWrite: scrub },
  });
}
